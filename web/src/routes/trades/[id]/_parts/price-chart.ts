import { WIDTH } from '#lib/ui/plot.ts';
import type { ReceiptTrade } from '../receipt.ts';

/** In pixels. */
export const HEIGHT = 260;
const EDGE = 8;
/** Least distance of two labels, one above the other, in pixels. */
const LABEL_HEIGHT = 15;
/** Share of a candle's width that its body takes. */
const BODY = 0.7;

export type PriceCandle = NonNullable<ReceiptTrade['priceCandles']>[number];

export type Level = 'takeProfit' | 'stopLoss' | 'entry' | 'exit';

export interface Label {
  level: Level;
  /** As the API sends it. */
  price: string;
  /** Where the line is, and where the words about it are. */
  y: number;
  labelY: number;
}

export interface PriceChart {
  /** Middle of each candle. */
  xs: number[];
  /** One path each: the candles that rose or stood still, and those that fell. */
  rising: { wicks: string; bodies: string };
  falling: { wicks: string; bodies: string };
  labels: Label[];
  entry: { x: number; y: number };
  exit: { x: number; y: number };
  /** Instants at equal distances, for the words below. */
  times: number[];
  spanMs: number;
  /** Length of a candle. */
  lengthMs: number;
}

const round = (value: number): number => Math.round(value * 10) / 10;

/** The geometry of a closed trade's chart; null without candles or an exit. */
export function priceChart(trade: ReceiptTrade): PriceChart | null {
  const { priceCandles: candles, exitPrice, exitTime } = trade;
  const [first, last] = [candles?.[0], candles?.at(-1)];
  if (!candles || !first || !last || exitPrice === null || exitTime === null) return null;

  const levels: [Level, string][] = [
    ['takeProfit', trade.takeProfit],
    ['stopLoss', trade.stopLoss],
    ['entry', trade.entryPrice],
    ['exit', exitPrice],
  ];
  const prices = [...candles.flatMap(({ high, low }) => [Number(high), Number(low)]), ...levels.map(([, price]) => Number(price))];
  const low = Math.min(...prices);
  const range = Math.max(...prices) - low || 1;
  const toY = (price: string): number => round(HEIGHT - EDGE - ((Number(price) - low) / range) * (HEIGHT - 2 * EDGE));

  const fromMs = Date.parse(first.openTime);
  const spanMs = Date.parse(last.closeTime) + 1 - fromMs;
  const lengthMs = Date.parse(first.closeTime) + 1 - fromMs;
  const toX = (timeMs: number): number => round((Math.min(Math.max(timeMs - fromMs, 0), spanMs) / spanMs) * WIDTH);

  const half = ((lengthMs / spanMs) * WIDTH * BODY) / 2;
  const xs = candles.map(({ openTime }) => toX(Date.parse(openTime) + lengthMs / 2));
  const drawn = (falls: boolean): { wicks: string; bodies: string } => {
    let [wicks, bodies] = ['', ''];
    for (const [i, candle] of candles.entries()) {
      if (Number(candle.close) < Number(candle.open) !== falls) continue;
      const x = xs[i] ?? 0;
      const [top, bottom] = [toY(falls ? candle.open : candle.close), toY(falls ? candle.close : candle.open)];
      wicks += `M${x} ${toY(candle.high)}V${top}M${x} ${bottom}V${toY(candle.low)}`;
      bodies += `M${round(x - half)} ${top}H${round(x + half)}V${bottom}H${round(x - half)}Z`;
    }
    return { wicks, bodies };
  };

  return {
    xs,
    rising: drawn(false),
    falling: drawn(true),
    labels: spread(levels.map(([level, price]) => ({ level, price, y: toY(price), labelY: toY(price) }))),
    entry: { x: toX(Date.parse(trade.entryTime)), y: toY(trade.entryPrice) },
    exit: { x: toX(Date.parse(exitTime)), y: toY(exitPrice) },
    times: [0, 1, 2, 3, 4].map((n) => fromMs + (spanMs * n) / 4),
    spanMs,
    lengthMs,
  };
}

/** Moves labels apart, so that none lies on another; they stay in the order of their lines and inside the picture. */
function spread(labels: Label[]): Label[] {
  const sorted = labels.sort((one, other) => one.y - other.y);
  let next = LABEL_HEIGHT / 2;
  for (const label of sorted) {
    label.labelY = Math.max(label.y, next);
    next = label.labelY + LABEL_HEIGHT;
  }
  let most = HEIGHT - LABEL_HEIGHT / 2;
  for (const label of sorted.toReversed()) {
    label.labelY = Math.min(label.labelY, most);
    most = label.labelY - LABEL_HEIGHT;
  }
  return sorted;
}

/** The index of the candle nearest to x. */
export function candleAt(xs: readonly number[], x: number): number {
  let found = 0;
  for (let i = 1; i < xs.length; i++) if (Math.abs((xs[i] ?? 0) - x) < Math.abs((xs[found] ?? 0) - x)) found = i;
  return found;
}
