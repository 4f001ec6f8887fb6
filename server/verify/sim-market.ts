import type { TradeRow } from '../src/ticks/binance-answers.ts';
import type { MarketWatch, StreamPosition } from '../src/ticks/market-watch.ts';
import { SymbolTape } from '../src/ticks/symbol-tape.ts';
import type { MarketType, StreamPoint, Tick } from '../src/ticks/tick.ts';
import type { Dials } from './sim-dials.ts';
import type { SimSymbol } from './sim-exchange.ts';

interface Watched {
  readonly symbol: SimSymbol;
  readonly from: StreamPoint;
  readonly tape: SymbolTape;
  /** A REST answer that is there but not applied yet. */
  answer: { readonly rows: readonly TradeRow[]; readonly isEnd: boolean; readonly doubts: number } | null;
  /** Answers in a row that brought nothing although ticks are held. */
  trailing: number;
}

interface Fetch {
  readonly symbol: SimSymbol;
  readonly point: StreamPoint;
  readonly throughId: number;
  readonly resolve: (ticks: readonly Tick[]) => void;
}

const PAGE_ROWS = 1_000;
const SHORT_PAGE_ROWS = 3;
const TRAILING_ANSWERS = 12;

export interface SimMarketOptions {
  readonly marketType: MarketType;
  readonly symbols: ReadonlyMap<string, SimSymbol>;
  readonly dials: Dials;
  readonly random: () => number;
  readonly deliver: (tick: Tick) => void;
  /** The planted bug: a tick that comes too early is applied at once instead of being held. */
  readonly appliesEarly: boolean;
}

/**
 * The worker's side of one market without sockets: the product's own tapes, fed by what the connection brings and by pages of
 * REST, each of which is one event of the simulation.
 */
export class SimMarket implements MarketWatch {
  readonly marketType: MarketType;
  readonly #options: SimMarketOptions;
  readonly #watched = new Map<string, Watched>();
  #fetches: Fetch[] = [];
  isConnected = true;

  constructor(options: SimMarketOptions) {
    this.#options = options;
    this.marketType = options.marketType;
  }

  watch(name: string, from: StreamPoint): void {
    if (this.#watched.has(name)) return;
    const { symbols, dials, deliver } = this.#options;
    const limits = dials.smallBuffers > 0.5 ? { heldTicks: 3, recentTicks: 3 } : { heldTicks: 1_000, recentTicks: 1_000 };
    this.#watched.set(name, { symbol: symbols.get(name)!, from, tape: new SymbolTape(from, limits, deliver), answer: null, trailing: 0 });
  }

  unwatch(name: string): void {
    this.#watched.get(name)?.tape.stop();
    this.#watched.delete(name);
  }

  position(name: string): StreamPosition | undefined {
    const watched = this.#watched.get(name);
    return watched && { lastTick: watched.tape.lastTick, inSync: this.isConnected && watched.tape.inSync };
  }

  recentAfter(name: string, point: StreamPoint): readonly Tick[] | undefined {
    return this.#watched.get(name)?.tape.recentAfter(point);
  }

  fetchAfter(name: string, point: StreamPoint, throughId: number): Promise<readonly Tick[]> {
    const symbol = this.#options.symbols.get(name)!;
    return new Promise((resolve) => void this.#fetches.push({ symbol, point, throughId, resolve }));
  }

  // --- What happens to it -----------------------------------------------------------------------------------------------

  live(tick: Tick): void {
    const watched = this.#watched.get(tick.symbol);
    if (!watched || !this.isConnected) return;
    if (this.#options.appliesEarly && watched.tape.nextId !== null && tick.id > watched.tape.nextId) this.#options.deliver(tick);
    watched.tape.live(tick);
  }

  /** A frame that could not be read may have been a tick. */
  corrupt(name: string): void {
    this.#watched.get(name)?.tape.doubt();
  }

  disconnect(): void {
    this.isConnected = false;
    for (const { tape } of this.#watched.values()) tape.doubt();
  }

  reconnect(): void {
    if (this.isConnected) return;
    this.isConnected = true;
    for (const { tape } of this.#watched.values()) tape.joined();
  }

  stop(): void {
    for (const { tape } of this.#watched.values()) tape.stop();
    this.#watched.clear();
    this.#fetches = [];
  }

  /** True while a repair has something to do. */
  get isBehind(): boolean {
    if (this.#fetches.length > 0) return true;
    for (const { tape } of this.#watched.values()) if (!tape.inSync) return true;
    return false;
  }

  /** One REST request or answer of whoever needs one; gives whether something was fetched for a joining trade. */
  repair(): boolean {
    const { dials, random } = this.#options;
    if (this.#fetches.length > 0 && random() < 0.5) return this.#fetch();
    for (const watched of this.#watched.values()) {
      const { tape } = watched;
      if (tape.inSync) continue;
      if (watched.answer) {
        const { rows, isEnd, doubts } = watched.answer;
        watched.answer = null;
        this.#apply(watched, rows, isEnd && tape.doubts === doubts);
      } else if (random() >= dials.restError) this.#ask(watched);
      return false;
    }
    return false;
  }

  #ask(watched: Watched): void {
    const { dials, random } = this.#options;
    const { tape, symbol, from } = watched;
    const lag = Math.floor(random() * dials.restLag);
    if (tape.nextId === null) return tape.beginAt(symbol.startAt(from.fromTimeMs, lag));
    const limit = random() < dials.restShortPage ? SHORT_PAGE_ROWS : PAGE_ROWS;
    const rows = symbol.page(tape.nextId, limit, lag);
    const isEnd = rows.length < limit;
    if (random() < dials.restSlow) watched.answer = { rows, isEnd, doubts: tape.doubts };
    else this.#apply(watched, rows, isEnd);
  }

  #apply(watched: Watched, rows: readonly TradeRow[], isEnd: boolean): void {
    const { tape } = watched;
    const before = tape.nextId;
    const gap = tape.gapBefore(rows);
    if (gap) tape.skipTo(gap.id);
    tape.page(rows, isEnd);
    watched.trailing = tape.nextId === before && !tape.inSync ? watched.trailing + 1 : 0;
    if (watched.trailing < TRAILING_ANSWERS) return;
    watched.trailing = 0;
    tape.setHeldAside();
  }

  #fetch(): boolean {
    const { dials, random } = this.#options;
    const [first, ...rest] = this.#fetches;
    if (!first || random() < dials.restError) return false;
    const ticks = first.symbol.history(first.point, first.throughId, Math.floor(random() * dials.restLag));
    if (!ticks) return false;
    this.#fetches = rest;
    first.resolve(ticks);
    return true;
  }
}
