/** The API's documents that the integration tests speak, and the shape of what they answer. */

export type MarketType = 'SPOT' | 'FUTURES';
export type Direction = 'LONG' | 'SHORT';

export interface SignalInput {
  readonly symbol: string;
  readonly marketType?: MarketType;
  readonly direction: Direction;
  readonly takeProfit: string;
  readonly stopLoss: string;
  readonly entryPrice?: string;
  readonly externalId?: string | null;
  readonly confidence?: number;
  readonly timeframe?: string;
  readonly strategy?: string;
  readonly status?: string;
  readonly sentAt?: string;
  readonly expiresAt?: string;
  readonly note?: string;
}

export interface Signal {
  readonly id: string;
  readonly bot: { readonly slug: string };
  readonly externalId: string | null;
  readonly symbol: string;
  readonly marketType: MarketType;
  readonly direction: Direction;
  readonly entryPrice: string;
  readonly takeProfit: string;
  readonly stopLoss: string;
  readonly confidence: number;
  readonly timeframe: string;
  readonly strategy: string;
  readonly status: 'PENDING' | 'ACTIVE' | 'CLOSED' | 'CANCELLED';
  readonly note: string | null;
  readonly sentAt: string | null;
  readonly receivedAt: string;
  readonly expiresAt: string | null;
  readonly leftOutReason: string | null;
}

export interface Trade {
  readonly id: string;
  readonly signal: { readonly id: string; readonly status: Signal['status'] };
  readonly symbol: string;
  readonly marketType: MarketType;
  readonly direction: Direction;
  readonly status: 'OPEN' | 'CLOSED_TP' | 'CLOSED_SL' | 'CLOSED_EXPIRED' | 'CLOSED_DELISTED';
  readonly positionSize: string;
  readonly quantity: string;
  readonly entryPrice: string;
  readonly entryTime: string;
  readonly takeProfit: string;
  readonly stopLoss: string;
  readonly riskRewardRatio: number;
  readonly marketPriceAtEntry: string | null;
  readonly entryDeviationPct: number | null;
  readonly exitPrice: string | null;
  readonly exitTime: string | null;
  readonly durationSeconds: number | null;
  readonly grossPnl: string | null;
  readonly fees: string | null;
  readonly realizedPnl: string | null;
  readonly realizedPnlPct: number | null;
  readonly rMultiple: number | null;
  readonly closedBy: {
    readonly sequence: string;
    readonly source: 'LIVE' | 'BACKFILL' | 'CANDLE';
    readonly aggregateTradeId: string | null;
    readonly price: string;
    readonly time: string;
    readonly ambiguous: boolean;
  } | null;
  readonly currentPrice: string | null;
  readonly unrealizedPnl: string | null;
  readonly unrealizedPnlPct: number | null;
}

export interface UserError {
  readonly field: readonly string[];
  readonly code: string;
  readonly message: string;
}

export interface Payload {
  readonly signal: Signal | null;
  readonly trade: Trade | null;
  readonly duplicate: boolean;
  /** Of createSignal alone. */
  readonly dryRun?: boolean;
  readonly wouldCreate?: {
    readonly entryPrice: string;
    readonly opensTrade: boolean;
    readonly quantity: string | null;
    readonly leftOutReason: string | null;
  } | null;
  readonly userErrors: readonly UserError[];
}

/** What a webhook answers. */
export interface HookAnswer {
  readonly status: number;
  readonly signalId: string | null;
  readonly tradeId: string | null;
  readonly duplicate: boolean;
  readonly message?: string;
  readonly userErrors: readonly UserError[];
}

export interface RecordEvent {
  readonly __typename: 'SignalReceived' | 'SignalStatusChanged' | 'TradeOpened' | 'TradeClosed';
  readonly sequence: string;
  readonly time: string;
  readonly signal?: { readonly id: string };
  readonly trade?: { readonly id: string };
}

export const SIGNAL_FIELDS = `id bot { slug } externalId symbol marketType direction entryPrice takeProfit stopLoss confidence timeframe strategy
  status note sentAt receivedAt expiresAt leftOutReason`;

export const TRADE_FIELDS = `id signal { id status } symbol marketType direction status positionSize quantity entryPrice entryTime takeProfit stopLoss
  riskRewardRatio marketPriceAtEntry entryDeviationPct exitPrice exitTime durationSeconds grossPnl fees realizedPnl realizedPnlPct rMultiple
  closedBy { sequence source aggregateTradeId price time ambiguous } currentPrice unrealizedPnl unrealizedPnlPct`;

const PAYLOAD_FIELDS = `signal { ${SIGNAL_FIELDS} } trade { ${TRADE_FIELDS} } userErrors { field code message }`;

export const CREATE_SIGNAL = `mutation ($input: CreateSignalInput!, $dryRun: Boolean! = false) { createSignal(input: $input, dryRun: $dryRun) {
  duplicate dryRun wouldCreate { entryPrice opensTrade quantity leftOutReason } ${PAYLOAD_FIELDS} } }`;
export const ACTIVATE_SIGNAL = `mutation ($id: ID!) { activateSignal(id: $id) { ${PAYLOAD_FIELDS} } }`;
export const CANCEL_SIGNAL = `mutation ($id: ID!) { cancelSignal(id: $id) { ${PAYLOAD_FIELDS} } }`;
export const ONE_TRADE = `query ($id: ID!) { trade(id: $id) { ${TRADE_FIELDS} } }`;

export const PRICES = `query ($symbols: [SymbolInput!]!) { prices(symbols: $symbols) { price aggregateTradeId } }`;

const EVENT_FIELDS = `__typename sequence time ... on SignalReceived { signal { id } } ... on SignalStatusChanged { signal { id } }
  ... on TradeOpened { trade { id } } ... on TradeClosed { trade { id } }`;

export const ON_EVENTS = `subscription ($after: String) { events(after: $after) { ${EVENT_FIELDS} } }`;
export const ON_TRADE_OPENED = `subscription ($after: String) { tradeOpened(after: $after) { sequence trade { ${TRADE_FIELDS} } } }`;
export const ON_TRADE_CLOSED = `subscription ($after: String) { tradeClosed(after: $after) { sequence trade { ${TRADE_FIELDS} } } }`;
