import type { MetricDoc } from './metric.ts';

/** What is explained beside the figures of a performance. */
export type OtherFigure = 'maxAdverseExcursion' | 'maxFavourableExcursion' | 'benchmark';

/** Of a single trade, and what a record is compared with. */
export const OTHER_DOCS: Readonly<Record<OtherFigure, MetricDoc>> = {
  maxAdverseExcursion: {
    name: 'Maximum adverse excursion (MAE)',
    formula:
      '|p − entryPrice| / entryPrice × 100 and |p − entryPrice| × quantity, p being for LONG the lowest and for SHORT the highest of the prices from entry to exit',
    unit: 'percent',
    explanation: 'How far the price went against a trade while it was open, measured from the entry and before fees.',
    source: 'John Sweeney, “Maximum Adverse Excursion”, 1997',
  },
  maxFavourableExcursion: {
    name: 'Maximum favourable excursion (MFE)',
    formula: 'the same with the highest price for LONG and the lowest for SHORT',
    unit: 'percent',
    explanation: 'How far the price went for a trade while it was open, measured from the entry and before fees.',
    source: 'John Sweeney, “Maximum Adverse Excursion”, 1997',
  },
  benchmark: {
    name: 'Same money in BTC',
    formula:
      'q × (P − P₀) − f × q × (P₀ + P), M being the largest sum of positionSize of trades open at the same time, P₀ the last daily close of BTCUSDT on spot before the first entry (where none is known, the first one after it), q = M / P₀, P the close of the day and f the fee rate on spot',
    unit: 'quote currency',
    explanation:
      'What the largest amount that the trades had at work at once would have made, had it been put into BTC when the first trade was entered and been held, after fees for buying and selling.',
  },
};
