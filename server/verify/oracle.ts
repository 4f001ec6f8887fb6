/**
 * Decides how trades must close, slowly and plainly, by the written rules alone. It shares nothing with the product: its own
 * numbers (whole units of 1e-18), its own order, no heaps, no cursors.
 */

export interface OraclePrint {
  readonly id: number;
  readonly price: string;
  readonly timeMs: number;
}

export interface OracleTrade {
  readonly direction: 'LONG' | 'SHORT';
  readonly takeProfit: string;
  readonly stopLoss: string;
  /** Only later ids count; null: prints from `fromMs` on. */
  readonly afterId: number | null;
  /** When the signal was received, as a clock that is right says. */
  readonly fromMs: number;
  readonly expiresAtMs: number | null;
}

export interface Expected {
  readonly status: 'CLOSED_TP' | 'CLOSED_SL' | 'CLOSED_EXPIRED';
  /** Plain digits without trailing zeros. */
  readonly exitPrice: string;
  /** The exchange's time of the print; of a candle, its first ms where its open decides, else its last. */
  readonly exitTimeMs: number;
  /** Null where a candle decided. */
  readonly printId: number | null;
  /** One candle reached two of both levels and the time stop, so the worse was assumed. */
  readonly ambiguous: boolean;
}

const DECIMALS = 18;
const ONE = 10n ** BigInt(DECIMALS);
/** Of a product of three numbers. */
const SCALE = ONE ** 3n;
const PLAIN = /^(\d+)(?:\.(\d*))?$/;

/** Decimal text as a whole number of units of 1e-18. */
export function toUnits(text: string): bigint {
  const [, whole, fraction = ''] = PLAIN.exec(text) ?? [];
  if (whole === undefined || fraction.length > DECIMALS) throw new RangeError(`no plain decimal: ${text}`);
  return BigInt(whole + fraction.padEnd(DECIMALS, '0'));
}

export function fromUnits(units: bigint): string {
  const sign = units < 0n ? '-' : '';
  const digits = (units < 0n ? -units : units).toString().padStart(DECIMALS + 1, '0');
  const fraction = digits.slice(-DECIMALS).replace(/0+$/, '');
  return `${sign}${digits.slice(0, -DECIMALS)}${fraction === '' ? '' : `.${fraction}`}`;
}

/** Sorts the whole tape and lets the first print that counts and touches decide; undefined while none does. */
export function decide(trade: OracleTrade, tape: readonly OraclePrint[]): Expected | undefined {
  const sorted = [...tape].sort((one, other) => one.id - other.id);
  for (const print of sorted) {
    if (!counts(trade, print)) continue;
    const status = reached(trade, toUnits(print.price), print.timeMs);
    if (status === undefined) continue;
    const exitPrice = fromUnits(toUnits(status === 'CLOSED_TP' ? trade.takeProfit : print.price));
    return { status, exitPrice, exitTimeMs: print.timeMs, printId: print.id, ambiguous: false };
  }
  return undefined;
}

export function counts(trade: OracleTrade, print: OraclePrint): boolean {
  return trade.afterId === null ? print.timeMs >= trade.fromMs : print.id > trade.afterId;
}

function reached(trade: OracleTrade, price: bigint, timeMs: number): Expected['status'] | undefined {
  if (trade.expiresAtMs !== null && timeMs >= trade.expiresAtMs) return 'CLOSED_EXPIRED';
  const takeProfit = toUnits(trade.takeProfit);
  const stopLoss = toUnits(trade.stopLoss);
  const isLong = trade.direction === 'LONG';
  if (isLong ? price >= takeProfit : price <= takeProfit) return 'CLOSED_TP';
  if (isLong ? price <= stopLoss : price >= stopLoss) return 'CLOSED_SL';
  return undefined;
}

/**
 * What one candle says of a trade that was there before it began: its open is a price of its first ms; for what happens later
 * within it, its last ms is when it surely has happened. Undefined where it closes nothing.
 */
export function decideByCandle(trade: OracleTrade, prints: readonly OraclePrint[], openMs: number, candleMs: number): Expected | undefined {
  const sorted = [...prints].sort((one, other) => one.id - other.id);
  const [first] = sorted;
  if (!first || openMs < trade.fromMs) return undefined;
  const at = (status: Expected['status'], price: string, exitTimeMs: number, ambiguous = false): Expected => {
    const exitPrice = fromUnits(toUnits(price));
    return { status, exitPrice, exitTimeMs, printId: null, ambiguous };
  };
  const openStatus = reached(trade, toUnits(first.price), openMs);
  if (openStatus) return at(openStatus, openStatus === 'CLOSED_TP' ? trade.takeProfit : first.price, openMs);
  const statuses = new Set(sorted.map(({ price }) => reached(trade, toUnits(price), openMs)));
  const endMs = openMs + candleMs - 1;
  const expires = trade.expiresAtMs !== null && trade.expiresAtMs <= endMs;
  if (statuses.has('CLOSED_SL')) return at('CLOSED_SL', trade.stopLoss, endMs, statuses.has('CLOSED_TP') || expires);
  if (statuses.has('CLOSED_TP') && expires) {
    const units = sorted.map(({ price }) => toUnits(price));
    const worst = units.reduce((worse, each) => ((trade.direction === 'LONG') === each < worse ? each : worse));
    return at('CLOSED_EXPIRED', fromUnits(worst), endMs, true);
  }
  return statuses.has('CLOSED_TP') ? at('CLOSED_TP', trade.takeProfit, endMs) : undefined;
}

/**
 * Decides a trade whose prints before `goneBeforeMs` are gone, after those up to `seenThroughId` had been seen: minutes decide
 * where there are no prints, and prints where there are.
 */
export function decideAcross(
  trade: OracleTrade,
  tape: readonly OraclePrint[],
  seenThroughId: number,
  goneBeforeMs: number,
): Expected | undefined {
  const sorted = [...tape].sort((one, other) => one.id - other.id);
  const seen = decide(
    trade,
    sorted.filter(({ id }) => id <= seenThroughId),
  );
  if (seen) return seen;
  const gone = sorted.filter(({ id, timeMs }) => id > seenThroughId && timeMs < goneBeforeMs);
  for (const [openMs, prints] of candlesOf(gone, CANDLE_MS)) {
    const expected = decideByCandle(trade, prints, openMs, CANDLE_MS);
    if (expected) return expected;
  }
  return decide(
    trade,
    sorted.filter(({ timeMs }) => timeMs >= goneBeforeMs),
  );
}

const CANDLE_MS = 60_000;

/** The prints of each candle of so many ms, oldest first. */
export function candlesOf(tape: readonly OraclePrint[], candleMs: number): Map<number, OraclePrint[]> {
  const candles = new Map<number, OraclePrint[]>();
  for (const print of [...tape].sort((one, other) => one.id - other.id)) {
    const openMs = Math.floor(print.timeMs / candleMs) * candleMs;
    const candle = candles.get(openMs);
    if (candle) candle.push(print);
    else candles.set(openMs, [print]);
  }
  return candles;
}

export interface OracleMoney {
  readonly direction: 'LONG' | 'SHORT';
  readonly entryPrice: string;
  readonly exitPrice: string;
  readonly quantity: string;
  readonly feeRate: string;
  readonly positionSize: string;
}

/** The same numbers as {@link OracleMoney}, in units of 1e-18. */
interface MoneyUnits {
  readonly direction: OracleMoney['direction'];
  readonly entry: bigint;
  readonly exit: bigint;
  readonly quantity: bigint;
  readonly feeRate: bigint;
  readonly positionSize: bigint;
}

interface OracleProfit {
  readonly grossPnl: string;
  readonly fees: string;
  readonly realizedPnl: string;
  readonly realizedPnlPct: string;
}

/** Profit with exact fractions, each number rounded once, half away from zero, to 8 decimals. */
export function profit(money: OracleMoney): OracleProfit {
  return profitOfUnits({
    direction: money.direction,
    entry: toUnits(money.entryPrice),
    exit: toUnits(money.exitPrice),
    quantity: toUnits(money.quantity),
    feeRate: toUnits(money.feeRate),
    positionSize: toUnits(money.positionSize),
  });
}

/** The same of numbers that are in units already. */
export function profitOfUnits({ direction, entry, exit, quantity, feeRate, positionSize }: MoneyUnits): OracleProfit {
  // In units of 1e-54, so that nothing is rounded on the way.
  const gross = (direction === 'LONG' ? exit - entry : entry - exit) * quantity * ONE;
  const fees = feeRate * quantity * (entry + exit);
  const realized = gross - fees;
  return {
    grossPnl: rounded(gross, SCALE),
    fees: rounded(fees, SCALE),
    realizedPnl: rounded(realized, SCALE),
    realizedPnlPct: rounded(realized * 100n * ONE, SCALE * positionSize),
  };
}

/** numerator / denominator to 8 decimals, half away from zero. */
function rounded(numerator: bigint, denominator: bigint): string {
  const size = numerator < 0n ? -numerator : numerator;
  const eighths = (size * 200_000_000n + denominator) / (denominator * 2n);
  return fromUnits((numerator < 0n ? -eighths : eighths) * 10_000_000_000n);
}
