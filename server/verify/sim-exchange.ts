import type { TradeRow } from '../src/ticks/binance-answers.ts';
import type { MarketType, StreamPoint, Tick } from '../src/ticks/tick.ts';
import type { NewTrade } from './memory-record.ts';
import type { Dials } from './sim-dials.ts';

/** A trade that happened. */
export interface SimPrint {
  readonly id: number;
  readonly price: string;
  /** In whole units of 1e-18. */
  readonly units: bigint;
  readonly timeMs: number;
  /** Withdrawn: REST says so, and it counts for nobody. */
  readonly isBlanked: boolean;
}

const LEAST = 60;
const STEP = 0.25;
const STEPS = 320;
/** Every price of the simulation three times: exactly, and a hair above and below, which no double can tell apart. */
export const PRICES: readonly { readonly text: string; readonly units: bigint }[] = Array.from({ length: STEPS * 3 }, (_, index) => {
  const units = (BigInt(Math.floor(index / 3)) * BigInt(STEP * 100) + BigInt(LEAST * 100)) * 10n ** 16n + BigInt((index % 3) - 1);
  const digits = units.toString();
  return { text: `${digits.slice(0, -18)}.${digits.slice(-18)}`, units };
});
const MIDDLE = Math.floor((100 - LEAST) / STEP);
const LAST_STEP = STEPS - 1;

/** The price at a step; a hair beside it where the dial says so. */
export function priceAt(step: number, dials: Dials, random: () => number): { readonly text: string; readonly units: bigint } {
  const hair = random() < dials.equalDoubles ? Math.floor(random() * 3) : 1;
  return PRICES[step * 3 + hair]!;
}

/** One symbol at the exchange: its whole tape, and what is on its way to a connected worker. */
export class SimSymbol {
  readonly marketType: MarketType;
  readonly name: string;
  readonly tape: SimPrint[] = [];
  readonly onTheWay: Tick[] = [];
  #step = MIDDLE;
  #nextId = 1;

  constructor(marketType: MarketType, name: string) {
    this.marketType = marketType;
    this.name = name;
  }

  print(nowMs: number, dials: Dials, random: () => number): SimPrint {
    const reach = random() < dials.priceJump ? 40 : 3;
    this.#step = Math.max(1, Math.min(LAST_STEP - 1, this.#step + Math.floor(random() * (2 * reach + 1)) - reach));
    if (random() < dials.idJump) this.#nextId += 1 + Math.floor(random() * 5);
    const { text, units } = priceAt(this.#step, dials, random);
    const print = { id: this.#nextId, price: text, units, timeMs: nowMs, isBlanked: random() < dials.blank };
    this.#nextId += 1;
    this.tape.push(print);
    return print;
  }

  tick(print: SimPrint, source: Tick['source']): Tick {
    return {
      marketType: this.marketType,
      symbol: this.name,
      id: print.id,
      price: print.price,
      quantity: '1',
      timeMs: print.timeMs,
      source,
    };
  }

  /** A trade of a bot with levels up to 16 steps away. */
  newTrade(id: string, knownId: number | null, nowMs: number, dials: Dials, random: () => number): NewTrade {
    const above = Math.min(LAST_STEP, this.#step + 1 + Math.floor(random() * 16));
    const below = Math.max(0, this.#step - 1 - Math.floor(random() * 16));
    const [high, low] = [priceAt(above, dials, random).text, priceAt(below, dials, random).text];
    const direction = random() < 0.5 ? 'LONG' : 'SHORT';
    return {
      id,
      marketType: this.marketType,
      symbol: this.name,
      direction,
      entryPrice: priceAt(this.#step, dials, random).text,
      takeProfit: direction === 'LONG' ? high : low,
      stopLoss: direction === 'LONG' ? low : high,
      afterId: random() < dials.openedWithoutId ? null : knownId,
      fromMs: nowMs,
      entryTimeMs: nowMs + Math.floor((2 * random() - 1) * dials.hostClockOff),
      exchangeTimeMs: nowMs,
      expiresAtMs: random() < dials.expiry ? nowMs + 1 + Math.floor(random() * 30_000) : null,
    };
  }

  /** REST's page from an id on, of the prints that it knows. */
  page(fromId: number, limit: number, lag: number): readonly TradeRow[] {
    const rows: TradeRow[] = [];
    const known = this.tape.length - lag;
    for (let index = this.#indexFrom(fromId); index < known && rows.length < limit; index += 1) {
      const print = this.tape[index]!;
      rows.push({ id: print.id, tick: print.isBlanked ? null : this.tick(print, 'BACKFILL') });
    }
    return rows;
  }

  /** The first id of REST's tape at or after a time; the one after the newest where there is none. */
  startAt(fromTimeMs: number, lag: number): number {
    const known = this.tape.length - lag;
    for (let index = 0; index < known; index += 1) if (this.tape[index]!.timeMs >= fromTimeMs) return this.tape[index]!.id;
    return known > 0 ? this.tape[known - 1]!.id + 1 : 1;
  }

  /** Everything after `point` through an id; undefined while REST does not know that id. */
  history(point: StreamPoint, throughId: number, lag: number): readonly Tick[] | undefined {
    const known = this.tape.length - lag;
    if (known <= 0 || this.tape[known - 1]!.id < throughId) return undefined;
    return this.tape
      .slice(0, known)
      .filter(
        ({ id, timeMs, isBlanked }) =>
          !isBlanked && id <= throughId && (point.afterTradeId === null ? timeMs >= point.fromTimeMs : id > point.afterTradeId),
      )
      .map((print) => this.tick(print, 'BACKFILL'));
  }

  #indexFrom(id: number): number {
    let low = 0;
    let high = this.tape.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.tape[middle]!.id >= id) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
