import type { Decimal } from '../kernel/decimal.ts';
import type { Direction } from '../trades/trade.ts';
import type { MarketType } from '../ticks/tick.ts';

export const TIMEFRAMES = ['1m', '3m', '5m', '15m', '30m', '1h', '2h', '4h', '6h', '8h', '12h', '1d', '3d', '1w', '1M'] as const;
export type Timeframe = (typeof TIMEFRAMES)[number];

export const SIGNAL_STATUSES = ['PENDING', 'ACTIVE', 'CLOSED', 'CANCELLED'] as const;
export type SignalStatus = (typeof SIGNAL_STATUSES)[number];

/** Lengths in Unicode code points. */
export const MAX_EXTERNAL_ID_LENGTH = 128;
export const MAX_STRATEGY_LENGTH = 64;
export const MAX_NOTE_LENGTH = 500;
export const MAX_SYMBOL_LENGTH = 64;

/** What a bot sends: as the API took it, before any check of content. Decimals are still text. */
export interface SignalInput {
  readonly externalId?: string | null | undefined;
  readonly symbol: string;
  readonly marketType: MarketType;
  readonly direction: Direction;
  readonly entryPrice?: string | null | undefined;
  readonly takeProfit: string;
  readonly stopLoss: string;
  readonly confidence?: number | null | undefined;
  readonly timeframe?: string | null | undefined;
  readonly strategy?: string | null | undefined;
  readonly status?: SignalStatus | null | undefined;
  readonly sentAt?: Date | null | undefined;
  readonly expiresAt?: Date | null | undefined;
  readonly note?: string | null | undefined;
}

/** A signal whose content is in order, but for what the market has to say. */
export interface SignalDraft {
  readonly externalId: string | null;
  readonly symbol: string;
  readonly marketType: MarketType;
  readonly direction: Direction;
  /** Null: the newest market price at receipt. */
  readonly entryPrice: Decimal | null;
  readonly takeProfit: Decimal;
  readonly stopLoss: Decimal;
  readonly confidence: number;
  readonly timeframe: Timeframe;
  readonly strategy: string;
  readonly status: 'PENDING' | 'ACTIVE';
  readonly sentAt: Date | null;
  readonly expiresAt: Date | null;
  readonly note: string | null;
}

/** The operator's choices about signals. */
export interface SignalRules {
  /** Assets that a symbol may be quoted in, e.g. USDT. */
  readonly quoteAssets: readonly string[];
  readonly trackMarketTypes: readonly MarketType[];
  /** 0 to 1. */
  readonly trackMinConfidence: number;
  /** In quote currency. */
  readonly positionSize: Decimal;
  /** Fee per side as a fraction of the traded value. */
  readonly feeRates: Readonly<Record<MarketType, Decimal>>;
  /** A market price older than this counts as unknown. */
  readonly maxPriceAgeMs: number;
  /** How far a bot's clock may be ahead of the server's. */
  readonly maxClockAheadMs: number;
  /** How far the server's clock may be from the exchange's and still say which ticks come after an entry: more than events take to arrive. */
  readonly maxHostClockOffMs: number;
}

/** Why an active signal gets no trade; null when it gets one. */
export function leftOutReason(signal: Pick<SignalDraft, 'marketType' | 'confidence'>, rules: SignalRules): string | null {
  if (!rules.trackMarketTypes.includes(signal.marketType)) return 'MARKET_TYPE_NOT_TRACKED';
  if (signal.confidence < rules.trackMinConfidence) return 'CONFIDENCE_BELOW_MINIMUM';
  return null;
}
