import type { Direction, MarketType } from './documents.ts';

/**
 * What a trade must become, worked out the slow and obvious way from the rules: print after print, in whole numbers. It shares nothing
 * with the server's code.
 */

/** A print of the exchange, as far as closing is about it. */
export interface Print {
  readonly id: number;
  readonly price: string;
  readonly timeMs: number;
}

export interface ScannedTrade {
  readonly direction: Direction;
  readonly takeProfit: string;
  readonly stopLoss: string;
  readonly entryTime: string;
  readonly expiresAt?: string | null;
}

export interface Ending {
  readonly print: Print;
  readonly status: 'CLOSED_TP' | 'CLOSED_SL' | 'CLOSED_EXPIRED';
}

/** Decimal text as a whole number of units of 1e-18. */
export function units(text: string): bigint {
  const [whole = '0', fraction = ''] = text.split('.');
  return BigInt(whole + fraction.padEnd(18, '0'));
}

/** The first print of a tape that must close a trade: past its opening id or, without one, at or after its entry. */
export function scan(tape: Iterable<Print>, trade: ScannedTrade, openedAfter: number | null): Ending | undefined {
  const [profit, loss] = [units(trade.takeProfit), units(trade.stopLoss)];
  for (const print of tape) {
    const counts = openedAfter === null ? print.timeMs >= Date.parse(trade.entryTime) : print.id > openedAfter;
    if (!counts) continue;
    if (trade.expiresAt != null && print.timeMs >= Date.parse(trade.expiresAt)) return { print, status: 'CLOSED_EXPIRED' };
    const now = units(print.price);
    if (trade.direction === 'LONG' ? now >= profit : now <= profit) return { print, status: 'CLOSED_TP' };
    if (trade.direction === 'LONG' ? now <= loss : now >= loss) return { print, status: 'CLOSED_SL' };
  }
  return undefined;
}

export interface Money {
  readonly quantity: string;
  readonly exitPrice: string;
  readonly grossPnl: string;
  readonly fees: string;
  readonly realizedPnl: string;
}

const FEE_RATES = { SPOT: units('0.001'), FUTURES: units('0.0005') };

/** The money of a trade of 100 that ended so. */
export function moneyOf(ending: Ending, trade: ScannedTrade & { readonly entryPrice: string; readonly marketType: MarketType }): Money {
  const entry = units(trade.entryPrice);
  const exit = units(ending.status === 'CLOSED_TP' ? trade.takeProfit : ending.print.price);
  const quantity = rounded(units('100') * 10n ** 18n, entry);
  const gross = (exit - entry) * quantity * (trade.direction === 'LONG' ? 1n : -1n) * 10n ** 18n;
  const fees = FEE_RATES[trade.marketType] * quantity * (entry + exit);
  return {
    quantity: printed(quantity, 18),
    exitPrice: printed(exit, 18),
    grossPnl: printed(rounded(gross, 10n ** 46n), 8),
    fees: printed(rounded(fees, 10n ** 46n), 8),
    realizedPnl: printed(rounded(gross - fees, 10n ** 46n), 8),
  };
}

/** Half away from zero. */
function rounded(dividend: bigint, divisor: bigint): bigint {
  const half = divisor / 2n;
  return dividend < 0n ? -((-dividend + half) / divisor) : (dividend + half) / divisor;
}

/** Plain digits, without zeros at the end. */
export function printed(value: bigint, decimals: number): string {
  const digits = (value < 0n ? -value : value).toString().padStart(decimals + 1, '0');
  const text = `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`.replace(/\.?0+$/, '');
  return value < 0n ? `-${text}` : text;
}
