import type { TradeRow } from './binance-answers.ts';
import { RecentTicks } from './recent-ticks.ts';
import type { StreamPoint, Tick } from './tick.ts';

export interface TapeLimits {
  readonly heldTicks: number;
  readonly recentTicks: number;
}

/** Ids that neither the stream nor REST knows although REST knows later ones. */
export interface IdJump {
  readonly afterTradeId: number;
  readonly toTradeId: number;
}

/**
 * Puts one symbol's ticks in order: whatever arrives in whatever order from stream and REST, `deliver` gets each tick once,
 * ascending by id, and none beyond a missing one.
 *
 * One number decides: `nextId`, the only id that may be delivered. A lower one was delivered, a higher one waits.
 * - The stream brings `nextId`: it is delivered, and the waiting ones behind it.
 * - The stream brings a higher one: it is held, at most `heldTicks` of them. Those dropped beyond that are missing ids
 *   like any other.
 * - REST brings a page: everything up to the page's last id is known now. An id that it passes over does not exist and is
 *   jumped; an id beyond its end may just not have reached REST yet, so it is waited for.
 *
 * Being in order is one thing, missing nothing another: after a loss of the stream the tape is unproven until either the
 * stream goes on exactly at `nextId` or REST says that nothing comes after what was delivered.
 *
 * `deliver` may do anything but call back into the same tape, except for `stop`.
 */
export class SymbolTape {
  readonly #limits: TapeLimits;
  readonly #deliver: (tick: Tick) => void;
  readonly #recent: RecentTicks;
  /** Until the first delivery of a tape that began at a time: ticks before it are passed over. */
  readonly #fromTimeMs: number | null;
  #nextId: number | null;
  readonly #held = new Map<number, Tick>();
  /** The highest id the stream has shown since it was last lost. */
  #seenId = -1;
  #proven = false;
  #doubts = 0;
  #stopped = false;
  #duplicates = 0;

  constructor(from: StreamPoint, limits: TapeLimits, deliver: (tick: Tick) => void) {
    this.#limits = limits;
    this.#deliver = deliver;
    this.#recent = new RecentTicks(from, limits.recentTicks);
    this.#fromTimeMs = from.afterTradeId === null ? from.fromTimeMs : null;
    this.#nextId = from.afterTradeId === null ? null : from.afterTradeId + 1;
  }

  /** The id that is delivered next; null until `beginAt` where the tape began at a time. */
  get nextId(): number | null {
    return this.#nextId;
  }

  get lastTick(): Tick | null {
    return this.#recent.newest;
  }

  /** True while nothing before the newest known tick is missing and the stream is known to join on. */
  get inSync(): boolean {
    return this.#proven && !this.isBehind;
  }

  /** True while an id is missing before one that the stream has shown. */
  get isBehind(): boolean {
    return this.#nextId === null || this.#nextId <= this.#seenId;
  }

  /** How often being in sync had to be proven anew: what REST was asked before proves nothing then. */
  get doubts(): number {
    return this.#doubts;
  }

  /** Ticks that arrived again. */
  get duplicates(): number {
    return this.#duplicates;
  }

  get heldCount(): number {
    return this.#held.size;
  }

  recentAfter(point: StreamPoint): readonly Tick[] | undefined {
    return this.#recent.after(point);
  }

  /** Takes a tick off the stream. */
  live(tick: Tick): void {
    if (this.#stopped) return;
    if (this.#nextId !== null && tick.id < this.#nextId) {
      this.#duplicates += 1;
      return;
    }
    this.#seenId = Math.max(this.#seenId, tick.id);
    if (tick.id !== this.#nextId) {
      this.#hold(tick);
      return;
    }
    this.#pass(tick);
    this.#passHeld();
    this.#settle(false);
  }

  /** Takes note of an id that the stream has shown without its tick being taken: REST must bring it. */
  announce(tradeId: number): void {
    if (this.#stopped) return;
    if (this.#nextId !== null && tradeId < this.#nextId) this.#duplicates += 1;
    else this.#seenId = Math.max(this.#seenId, tradeId);
  }

  /** Fixes where a tape begins that was begun at a time: nothing below `tradeId` belongs to it. Only the first call counts. */
  beginAt(tradeId: number): void {
    if (this.#stopped || this.#nextId !== null) return;
    this.#nextId = tradeId;
    this.#recent.beginAfter(tradeId - 1);
    for (const id of this.#held.keys()) if (id < tradeId) this.#held.delete(id);
    this.#passHeld();
    this.#settle(false);
  }

  /** The first of REST's rows, held ticks among them, where it does not join on: the ids before it are gone or never were. */
  gapBefore(rows: readonly TradeRow[]): TradeRow | undefined {
    const nextId = this.#nextId;
    const first = nextId === null ? undefined : this.#withHeld(rows).find((row) => row.id >= nextId);
    return first && first.id !== nextId ? first : undefined;
  }

  /** Goes on at `tradeId`: what came before it was decided without its trades. No held tick is left out. */
  skipTo(tradeId: number): void {
    let goOnAt = tradeId;
    for (const id of this.#held.keys()) goOnAt = Math.min(goOnAt, id);
    if (this.#stopped || (this.#nextId !== null && goOnAt <= this.#nextId)) return;
    this.#nextId = goOnAt;
    this.#recent.skipThrough(goOnAt - 1);
    this.#passHeld();
    this.#settle(false);
  }

  /**
   * Takes rows that REST gave for ids from `nextId` on, ascending. `isEnd` says that REST knew no more of them when it was asked,
   * and that `doubts` has not changed since. Gives back the ids that do not exist.
   */
  page(rows: readonly TradeRow[], isEnd: boolean): readonly IdJump[] {
    const jumps: IdJump[] = [];
    if (this.#stopped || this.#nextId === null) return jumps;
    for (const row of this.#withHeld(rows)) {
      if (this.#stopped) return jumps;
      if (row.id < this.#nextId) continue;
      if (row.id > this.#nextId) jumps.push({ afterTradeId: this.#nextId - 1, toTradeId: row.id });
      if (row.tick) this.#pass(this.#held.get(row.id) ?? row.tick);
      else this.#nextId = row.id + 1;
      this.#held.delete(row.id);
    }
    this.#passHeld();
    this.#settle(isEnd);
    return jumps;
  }

  /** The stream was lost, or something casts doubt on it: what it held comes by REST, and being in sync is to be proven anew. */
  doubt(): void {
    this.#proven = false;
    this.#doubts += 1;
    this.setHeldAside();
  }

  /** The stream arrives from here on: where it has not yet shown itself how it joins on, that is to be proven anew. */
  joined(): void {
    if (this.#seenId >= 0) return;
    this.#proven = false;
    this.#doubts += 1;
  }

  /** Drops the held ticks. If they are real, REST or a later tick of the stream shows them missing. */
  setHeldAside(): void {
    this.#held.clear();
    this.#seenId = -1;
  }

  /** Ends the tape, also from within `deliver`: nothing is delivered any more. */
  stop(): void {
    this.#stopped = true;
    this.#held.clear();
  }

  #hold(tick: Tick): void {
    if (this.#held.has(tick.id)) this.#duplicates += 1;
    else if (this.#held.size < this.#limits.heldTicks) this.#held.set(tick.id, tick);
  }

  /** Nothing is missing once all that the stream has shown is delivered: what comes later comes by the stream. */
  #settle(isEnd: boolean): void {
    if (!this.isBehind && (isEnd || this.#seenId >= 0)) this.#proven = true;
  }

  /** Delivers the held ticks that follow without a hole. */
  #passHeld(): void {
    while (!this.#stopped && this.#nextId !== null) {
      const tick = this.#held.get(this.#nextId);
      if (!tick) break;
      this.#held.delete(tick.id);
      this.#pass(tick);
    }
  }

  #pass(tick: Tick): void {
    this.#nextId = tick.id + 1;
    if (this.#fromTimeMs !== null && this.#recent.newest === null && tick.timeMs < this.#fromTimeMs) {
      this.#recent.beginAfter(tick.id);
      return;
    }
    this.#recent.push(tick);
    this.#deliver(tick);
  }

  /** The page's rows together with the held ticks up to its last id, ascending. */
  #withHeld(rows: readonly TradeRow[]): readonly TradeRow[] {
    const lastId = rows.at(-1)?.id;
    if (lastId === undefined || this.#held.size === 0) return rows;
    const inPage = new Set(rows.map((row) => row.id));
    const extra = [...this.#held.values()]
      .filter((tick) => tick.id < lastId && !inPage.has(tick.id))
      .map((tick) => ({ id: tick.id, tick }));
    return extra.length === 0 ? rows : [...rows, ...extra].sort((one, other) => one.id - other.id);
  }
}
