import { setTimeout as pause } from 'node:timers/promises';
import type { Collector } from '../testkit/collector.ts';
import { ON_EVENTS } from '../testkit/documents.ts';
import type { RecordEvent } from '../testkit/documents.ts';
import { subscribe } from '../testkit/subscriptions.ts';
import type { LeaderCluster } from './leader-cluster.ts';
import { decide, profit } from './oracle.ts';
import type { OraclePrint, OracleTrade } from './oracle.ts';

const MARKETS = [
  { marketType: 'SPOT', symbol: 'BTCUSDT' },
  { marketType: 'FUTURES', symbol: 'ETHUSDT' },
] as const;
const PRINT_EVERY_MS = 25;
const SIGNAL_EVERY_MS = 100;
/** How far a price goes from 100, and in one print of how many. */
const MOVES = [[11, 200], [6, 60], [3, 20]] as const; // prettier-ignore
const DISTANCES = [2, 5, 10];
const CREATE = 'mutation ($input: CreateSignalInput!) { createSignal(input: $input) { signal { id } } }';

/** A trade as stored, its times in ms and its decimals as text. */
interface StoredTrade extends OracleTrade {
  readonly id: string;
  readonly entryTimeMs: number;
  readonly marketType: 'SPOT' | 'FUTURES';
  readonly status: string;
  readonly closedBy: number | null;
  readonly exitPrice: string | null;
  readonly exitTimeMs: number | null;
  readonly entryPrice: string;
  readonly quantity: string;
  readonly feeRate: string;
  readonly realizedPnl: string | null;
  readonly positionSize: string;
}

/** Prices that move, bots that signal, and viewers at every API node, while the workers come and go. */
export class LeaderTraffic {
  readonly #cluster: LeaderCluster;
  readonly #random: () => number;
  readonly #tapes = { SPOT: [] as OraclePrint[], FUTURES: [] as OraclePrint[] };
  readonly #viewers: Collector<RecordEvent>[];
  readonly #running: Promise<unknown>;
  #isStopping = false;
  accepted = 0;
  /** Calls that got no answer. */
  unanswered = 0;

  constructor(cluster: LeaderCluster, random: () => number) {
    this.#cluster = cluster;
    this.#random = random;
    this.#viewers = cluster.apis.map(({ url }) => subscribe<RecordEvent>(`${url}/graphql`, ON_EVENTS, { after: '0' }, 'WS'));
    this.#running = Promise.all([this.#repeat(PRINT_EVERY_MS, () => this.#print()), this.#repeat(SIGNAL_EVERY_MS, () => this.#signal())]);
    this.#running.catch(() => {}); // told by stop
  }

  /** Ends it with prices that close every trade; the viewers stay. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#running;
    for (const price of ['115', '85']) await this.#print(price);
  }

  /** What is not as it must be; undefined when all is. */
  async difference(): Promise<string | undefined> {
    for (const trade of await this.#trades()) {
      const fault = differenceOf(trade, this.#tapes[trade.marketType]);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }

  /** How long before a trade's entry the oldest trade of the exchange lies that may close it, at most, ms. */
  async stalestEntryMs(): Promise<number> {
    const ages = (await this.#trades()).map(({ marketType, afterId, entryTimeMs }) => {
      const next = afterId === null ? undefined : this.#tapes[marketType].find(({ id }) => id > afterId);
      return next ? entryTimeMs - next.timeMs : 0;
    });
    return Math.max(0, ...ages);
  }

  /** What a viewer missed or was told wrongly; undefined where every one has the whole record. */
  viewersFault(head: number): string | undefined {
    for (const [index, { items, ended, errors }] of this.#viewers.entries()) {
      const wrong = items.findIndex(({ sequence }, place) => sequence !== String(place + 1));
      if (wrong >= 0) return `viewer ${index} got ${items[wrong]?.sequence} in place of ${wrong + 1}`;
      if (items.length < head)
        return `viewer ${index} got ${items.length} of ${head} events (${ended ?? 'still there'} ${JSON.stringify(errors)})`;
    }
    return undefined;
  }

  async #trades(): Promise<StoredTrade[]> {
    const { rows } = await this.#cluster.pool.query<StoredTrade>(`SELECT id, market_type AS "marketType", direction, status,
      trim_scale(take_profit)::text AS "takeProfit", trim_scale(stop_loss)::text AS "stopLoss", trim_scale(entry_price)::text AS "entryPrice",
      opened_after_trade_id::float8 AS "afterId", extract(epoch FROM entry_time)::float8 * 1000 AS "entryTimeMs",
      extract(epoch FROM coalesce(exchange_time_at_entry, entry_time))::float8 * 1000 AS "fromMs", NULL AS "expiresAtMs",
      closed_trade_id::float8 AS "closedBy", trim_scale(exit_price)::text AS "exitPrice", extract(epoch FROM exit_time)::float8 * 1000 AS "exitTimeMs",
      trim_scale(quantity)::text AS quantity, trim_scale(fee_rate)::text AS "feeRate", trim_scale(realized_pnl)::text AS "realizedPnl",
      trim_scale(position_size)::text AS "positionSize" FROM paper_trades ORDER BY entry_time`);
    return rows.map((row) => ({
      ...row,
      entryTimeMs: Math.round(row.entryTimeMs),
      fromMs: Math.round(row.fromMs),
      exitTimeMs: row.exitTimeMs && Math.round(row.exitTimeMs),
    }));
  }

  async #repeat(everyMs: number, run: () => Promise<void>): Promise<void> {
    while (!this.#isStopping) {
      await run();
      await pause(everyMs);
    }
  }

  async #print(fixed?: string): Promise<void> {
    const lines = MARKETS.map((market) => ({ ...market, price: fixed ?? this.#price(), time: Date.now() }));
    const ids = await this.#cluster.print(lines);
    for (const [index, { marketType, price, time }] of lines.entries())
      this.#tapes[marketType].push({ id: ids[index]!, price, timeMs: time });
  }

  #price(): string {
    const [distance] = MOVES.find(([, chance]) => this.#random() < 1 / chance) ?? [this.#random()];
    return (this.#random() < 0.5 ? 100 + distance : 100 - distance).toFixed(2);
  }

  async #signal(): Promise<void> {
    const distance = DISTANCES[Math.floor(this.#random() * DISTANCES.length)]!;
    const [above, below] = [String(100 + distance), String(100 - distance)];
    const sides =
      this.#random() < 0.5
        ? { direction: 'LONG', takeProfit: above, stopLoss: below }
        : { direction: 'SHORT', takeProfit: below, stopLoss: above };
    const market = MARKETS[Math.floor(this.#random() * MARKETS.length)];
    const input = { ...market, ...sides, ...(this.#random() < 0.8 && { entryPrice: '100' }) };
    const node = Math.floor(this.#random() * this.#cluster.apis.length);
    try {
      const { createSignal } = await this.#cluster.query<{ createSignal: { signal: object | null } }>(node, CREATE, { input });
      if (createSignal.signal) this.accepted += 1; // else the price is at a level already, or not known
    } catch {
      this.unanswered += 1;
    }
  }
}

function differenceOf(trade: StoredTrade, tape: readonly OraclePrint[]): string | undefined {
  const expected = decide(trade, tape);
  const who = `${trade.id} ${trade.direction} ${trade.takeProfit}/${trade.stopLoss} after ${trade.afterId ?? trade.fromMs}`;
  if (!expected) return trade.status === 'OPEN' ? undefined : `${who}: ${trade.status} by ${trade.closedBy}, expected open`;
  const { realizedPnl } = profit({ ...trade, exitPrice: expected.exitPrice });
  const wanted = [expected.status, expected.exitPrice, expected.exitTimeMs, expected.printId, realizedPnl].join();
  const got = [trade.status, trade.exitPrice, trade.exitTimeMs, trade.closedBy, trade.realizedPnl].join();
  return got === wanted ? undefined : `${who}: ${got}, expected ${wanted}`;
}
