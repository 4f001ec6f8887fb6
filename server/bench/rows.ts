// What the contenders tell and are asked for, whatever they are made of.

/** What is told: a list of prices, or the board of open positions with theirs. */
export type Shape = 'ticks' | 'board';

const ROWS = 20;

export interface Tick {
  readonly symbol: string;
  readonly marketType: string;
  readonly price: string;
  readonly time: string;
}

export interface Position extends Tick {
  readonly id: string;
  readonly direction: string;
  readonly quantity: string;
  readonly entryPrice: string;
  readonly takeProfit: string;
  readonly stopLoss: string;
  readonly unrealizedPnl: string;
  readonly unrealizedPnlPct: number;
}

/** The same for everyone who is asked for the same number. */
export function ticksOf(number: number): Tick[] {
  return Array.from({ length: ROWS }, (_, row) => ({
    symbol: `COIN${row}USDT`,
    marketType: row % 2 === 0 ? 'SPOT' : 'FUTURES',
    price: (40_000 + ((number * 7 + row * 13) % 999) / 100).toFixed(2),
    time: new Date(1_700_000_000_000 + number * 250).toISOString(),
  }));
}

export function boardOf(number: number): Position[] {
  return ticksOf(number).map(({ symbol, marketType, price, time }, row) => ({
    id: `0190a6b0-0000-7000-8000-${String(row).padStart(12, '0')}`,
    symbol,
    marketType,
    direction: row % 3 === 0 ? 'SHORT' : 'LONG',
    quantity: '0.002352941176470588',
    entryPrice: '40000.12',
    takeProfit: '41000.5',
    stopLoss: '39500.25',
    price,
    time,
    unrealizedPnl: ((number + row) % 100).toFixed(2),
    unrealizedPnlPct: ((number + row) % 1_000) / 100,
  }));
}

export const QUERIES: Readonly<Record<Shape, string>> = {
  ticks: 'subscription ($set: Int) { ticks(set: $set) { symbol marketType price time } }',
  board:
    'subscription ($set: Int) { board(set: $set) { id symbol marketType direction quantity entryPrice takeProfit stopLoss price time unrealizedPnl unrealizedPnlPct } }',
};
