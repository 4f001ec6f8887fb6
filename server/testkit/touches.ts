import type { Direction } from './documents.ts';

/** A print of the exchange, as far as closing is about it. */
export interface Print {
  readonly id: number;
  readonly price: string;
  readonly timeMs: number;
}

interface Levels {
  readonly direction: Direction;
  readonly takeProfit: string;
  readonly stopLoss: string;
}

/** Decimal text as a whole number of units of 1e-18. */
export function units(text: string): bigint {
  const [whole = '0', fraction = ''] = text.split('.');
  return BigInt(whole + fraction.padEnd(18, '0'));
}

/** Which level a price reaches, said as plainly as the rules say it. */
export function touched({ direction, takeProfit, stopLoss }: Levels, price: string): 'CLOSED_TP' | 'CLOSED_SL' | undefined {
  const [now, profit, loss] = [units(price), units(takeProfit), units(stopLoss)];
  if (direction === 'LONG' ? now >= profit : now <= profit) return 'CLOSED_TP';
  if (direction === 'LONG' ? now <= loss : now >= loss) return 'CLOSED_SL';
  return undefined;
}

/** The first print of a tape that must close a trade: past its opening id or, without one, at or after its entry. */
export function firstTouch(
  tape: Iterable<Print>,
  trade: Levels & { readonly entryTime: string },
  openedAfter: number | null,
): { readonly print: Print; readonly status: 'CLOSED_TP' | 'CLOSED_SL' } | undefined {
  for (const print of tape) {
    const counts = openedAfter === null ? print.timeMs >= Date.parse(trade.entryTime) : print.id > openedAfter;
    const status = counts ? touched(trade, print.price) : undefined;
    if (status) return { print, status };
  }
  return undefined;
}
