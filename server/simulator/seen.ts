import type { MarketType } from '../src/ticks/tick.ts';
import type { SeenRequest } from './rest.ts';
import { Waiting } from './waiting.ts';

/** How many requests and how many messages are kept for assertions. */
const MAX_SEEN = 20_000;

/** A text message of a websocket client. */
export interface SeenMessage {
  readonly marketType: MarketType;
  readonly connectionId: number;
  readonly text: string;
  /** ms since 1970 UTC. */
  readonly timeMs: number;
}

/** What clients did, for assertions and for whoever waits for it. */
export class Seen {
  readonly requests: SeenRequest[] = [];
  readonly messages: SeenMessage[] = [];
  readonly waiting = new Waiting();

  request(request: SeenRequest): void {
    this.#note(this.requests, request);
  }

  message(message: SeenMessage): void {
    this.#note(this.messages, message);
  }

  #note<T>(items: T[], item: T): void {
    items.push(item);
    if (items.length > MAX_SEEN) items.splice(0, MAX_SEEN / 10);
    this.waiting.look();
  }
}
