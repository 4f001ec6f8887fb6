import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../src/kernel/clock.ts';
import type { MarketType } from '../src/ticks/tick.ts';
import type { ConnectionEvents } from './connection.ts';
import { BINANCE_LIMITS } from './exchange-options.ts';
import type { ExchangeOptions } from './exchange-options.ts';
import { Listener } from './listener.ts';
import { Market } from './market.ts';
import { RestApi } from './rest.ts';
import type { Seen } from './seen.ts';

export interface PlaceOptions extends Pick<ExchangeOptions, 'firstAggId' | 'maxTapeTrades' | 'limits' | 'compression'> {
  readonly clock: Clock;
  readonly seen: Seen;
  /** Takes a plain request before REST does; gives false when it is not for it. */
  otherRequest(request: IncomingMessage, response: ServerResponse): boolean;
}

/** One market with its port: joins symbols, websockets and REST. */
export class Place {
  readonly market: Market;
  readonly rest: RestApi;
  readonly listener: Listener;
  /** While true, websocket connection attempts are cut off. */
  refusing = false;
  /** Answers websocket connection attempts instead of letting them in. */
  refusal: { readonly status: number; readonly retryAfterSeconds?: number } | null = null;

  constructor(marketType: MarketType, options: PlaceOptions) {
    const { clock, seen } = options;
    const firstAggId = options.firstAggId ?? (marketType === 'SPOT' ? 0 : 1);
    this.market = new Market({ marketType, clock, firstAggId, maxTapeTrades: options.maxTapeTrades ?? 200_000 });
    const wait = (delayMs: number) => new Promise<void>((resolve) => void clock.after(delayMs, resolve));
    this.rest = new RestApi(this.market, wait, (request) => seen.request(request));
    this.listener = new Listener({
      marketType,
      clock,
      limits: { ...BINANCE_LIMITS[marketType], ...options.limits?.[marketType] },
      events: eventsOf(this.market, seen),
      compression: options.compression ?? false,
      isRefusing: () => this.refusing,
      refusal: () => this.refusal,
      opened: (connection) => {
        this.market.connections.add(connection);
        seen.waiting.look();
      },
      request: (request, response) => {
        if (!options.otherRequest(request, response)) void this.rest.answer(request, response);
      },
    });
  }
}

function eventsOf(market: Market, seen: Seen): ConnectionEvents {
  return {
    subscribed: (connection, stream) => {
      market.addSubscriber(stream, connection);
      seen.waiting.look();
    },
    unsubscribed: (connection, stream) => {
      market.removeSubscriber(stream, connection);
      seen.waiting.look();
    },
    received: (connection, text) => {
      seen.message({ marketType: market.marketType, connectionId: connection.id, text, timeMs: market.nowMs() });
    },
    closed: (connection) => {
      market.connections.delete(connection);
      for (const stream of connection.streams) market.removeSubscriber(stream, connection);
      seen.waiting.look();
    },
  };
}
