import type { MemoryRecord, StoredTrade } from './memory-record.ts';
import { POSITION_SIZE } from './memory-record.ts';
import { fromUnits, profitOfUnits, toUnits } from './oracle.ts';
import type { SimPrint, SimSymbol } from './sim-exchange.ts';

/** An invariant does not hold. */
export class Broken extends Error {}

/** Holds a record to I1 to I5: by counting after every event, by the whole tape at every closure and at the end. */
export class Invariants {
  readonly #record: MemoryRecord;
  readonly #symbols: ReadonlyMap<string, SimSymbol>;
  readonly #onClosed: (printId: number) => void;
  /** Signals accepted, trades closed. */
  opened = 0;
  closed = 0;
  #sum = 0n;
  #broken: Broken | undefined;

  constructor(record: MemoryRecord, symbols: ReadonlyMap<string, SimSymbol>, onClosed: (printId: number) => void) {
    this.#record = record;
    this.#symbols = symbols;
    this.#onClosed = onClosed;
    record.onClosed = (trade) => {
      // Not thrown from here: the worker would take it for a fault of its database.
      this.#broken ??= this.#faultOf(trade);
    };
  }

  /** I1, I2 and I5, by counting, and what the last closures were like. */
  check(): void {
    if (this.#broken) throw this.#broken;
    const { trades, events } = this.#record;
    if (trades.size !== this.opened) throw new Broken(`I1: ${this.opened} signals, ${trades.size} trades`);
    if (events.length !== this.opened + this.closed)
      throw new Broken(`I5: ${events.length} events of ${this.opened} openings and ${this.closed} closures`);
  }

  /** I2, I3 and I4 of a closure, at the moment it is written. */
  #faultOf(trade: StoredTrade): Broken | undefined {
    this.closed += 1;
    const closure = trade.closure!;
    this.#onClosed(closure.aggregateTradeId ?? 0);
    if (trade.changes !== 1) return new Broken(`I2: ${trade.id} changed ${trade.changes} times`);
    if (trade.row.positionSize.toFixed() !== POSITION_SIZE) return new Broken(`I1: ${trade.id} has another size`);
    const expected = this.#expected(trade);
    const exitPrice = expected && plain(expected.status === 'CLOSED_TP' ? trade.takeProfit : expected.print.price);
    const isRight =
      expected !== undefined &&
      closure.status === expected.status &&
      closure.aggregateTradeId === expected.print.id &&
      closure.exitTime.getTime() === expected.print.timeMs &&
      closure.exitPrice.toFixed() === exitPrice;
    if (!isRight || exitPrice === undefined)
      return new Broken(
        `I3: ${trade.id} closed ${closure.status} by ${closure.aggregateTradeId} (${closure.source}), expected ${JSON.stringify(expected, bigIntText)}`,
      );
    const money = profitOfUnits({
      direction: trade.direction,
      entry: units(trade.entryPrice),
      exit: units(exitPrice),
      quantity: units(trade.quantity),
      feeRate: units(trade.feeRate),
      positionSize: units(POSITION_SIZE),
    });
    this.#sum += signedUnits(money.realizedPnl);
    const isExact =
      closure.realizedPnl.toFixed() === money.realizedPnl &&
      closure.grossPnl.toFixed() === money.grossPnl &&
      closure.fees.toFixed() === money.fees;
    return isExact ? undefined : new Broken(`I4: ${trade.id} earned ${closure.realizedPnl.toFixed()}, expected ${money.realizedPnl}`);
  }

  /** The first print of the whole tape that counts and touches. */
  #expected(trade: StoredTrade): { status: string; print: SimPrint } | undefined {
    const takeProfit = units(trade.takeProfit);
    const stopLoss = units(trade.stopLoss);
    const isLong = trade.direction === 'LONG';
    for (const print of this.#symbols.get(trade.symbol)!.tape) {
      if (print.isBlanked || !(trade.afterId === null ? print.timeMs >= trade.fromMs : print.id > trade.afterId)) continue;
      if (trade.expiresAtMs !== null && print.timeMs >= trade.expiresAtMs) return { status: 'CLOSED_EXPIRED', print };
      if (isLong ? print.units >= takeProfit : print.units <= takeProfit) return { status: 'CLOSED_TP', print };
      if (isLong ? print.units <= stopLoss : print.units >= stopLoss) return { status: 'CLOSED_SL', print };
    }
    return undefined;
  }

  /** At rest: whatever is open must be so by the whole tape, and the sums must agree. */
  checkAtRest(): void {
    this.check();
    let sum = 0n;
    for (const trade of this.#record.trades.values()) {
      if (trade.closure) sum += signedUnits(trade.closure.realizedPnl.toFixed());
      else if (this.#expected(trade))
        throw new Broken(`I3: ${trade.id} is open, ${JSON.stringify(this.#expected(trade), bigIntText)} should have closed it`);
    }
    if (sum !== this.#sum) throw new Broken('I4: the sum of the profits is not that of its rows');
  }
}

const known = new Map<string, { readonly units: bigint; readonly plain: string }>();

/** Prices, quantities and rates come again and again. */
function knownPrice(text: string): { readonly units: bigint; readonly plain: string } {
  let price = known.get(text);
  if (!price) known.set(text, (price = { units: toUnits(text), plain: fromUnits(toUnits(text)) }));
  return price;
}

function units(text: string): bigint {
  return knownPrice(text).units;
}

function plain(text: string): string {
  return knownPrice(text).plain;
}

function signedUnits(text: string): bigint {
  return text.startsWith('-') ? -toUnits(text.slice(1)) : toUnits(text);
}

function bigIntText(_name: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
