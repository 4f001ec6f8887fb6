/**
 * What a download tells of each trade, in this order. Columns are only ever added, at the end: programs may rely on names and
 * places. `text` may hold whatever a bot sent; the other kinds are made of digits, or of words of this program.
 */
export const EXPORT_COLUMNS = {
  id: { kind: 'word', about: 'the trade’s id' },
  signalId: { kind: 'word', about: 'the id of its signal' },
  bot: { kind: 'text', about: 'slug of the bot' },
  strategy: { kind: 'text', about: 'the signal’s strategy' },
  symbol: { kind: 'text', about: 'symbol, as the exchange writes it' },
  marketType: { kind: 'word', about: 'SPOT or FUTURES' },
  direction: { kind: 'word', about: 'LONG or SHORT' },
  timeframe: { kind: 'word', about: 'the signal’s timeframe' },
  confidence: { kind: 'number', about: 'the bot’s confidence, 0 to 1' },
  status: { kind: 'word', about: 'OPEN, CLOSED_TP, CLOSED_SL, CLOSED_EXPIRED or CLOSED_DELISTED' },
  positionSize: { kind: 'decimal', about: 'money put in, in the quote currency, like all money here' },
  quantity: { kind: 'decimal', about: 'positionSize / entryPrice' },
  feeRate: { kind: 'decimal', about: 'fee per side as a share of the traded value' },
  entryTime: { kind: 'time', about: 'receipt or activation of the signal, by the server’s clock' },
  entryPrice: { kind: 'decimal', about: 'the signal’s entry price' },
  takeProfit: { kind: 'decimal', about: 'touching it closes the trade at this price' },
  stopLoss: { kind: 'decimal', about: 'touching it closes the trade at the price that touched it' },
  marketPriceAtEntry: { kind: 'decimal', about: 'newest market price at entry; empty where none was known' },
  exitTime: { kind: 'time', about: 'the exchange’s time of the closing tick; this and all below but the last two is empty while open' },
  exitPrice: { kind: 'decimal', about: 'the price it was closed at' },
  grossPnl: { kind: 'decimal', about: 'profit before fees' },
  fees: { kind: 'decimal', about: 'fees of both sides' },
  realizedPnl: { kind: 'decimal', about: 'profit after fees' },
  realizedPnlPct: { kind: 'decimal', about: 'realizedPnl in percent of positionSize' },
  closedSequence: { kind: 'number', about: 'place of the closure in the track record' },
  closedSource: { kind: 'word', about: 'LIVE, BACKFILL or CANDLE: how the closing price was learned' },
  closedTradeId: { kind: 'number', about: 'the exchange’s aggregate trade id of the closing tick; empty where a candle decided' },
  closedPrice: { kind: 'decimal', about: 'the closing tick’s price' },
  ambiguous: { kind: 'word', about: 'true where one candle reached both levels and the stop loss was taken to be first' },
  externalId: { kind: 'text', about: 'the bot’s own key of the signal; may be empty' },
  note: { kind: 'text', about: 'the bot’s remark; may be empty' },
} as const satisfies Record<string, { readonly kind: 'text' | 'word' | 'decimal' | 'number' | 'time'; readonly about: string }>;

export type ExportColumn = keyof typeof EXPORT_COLUMNS;
export const EXPORT_COLUMN_NAMES = Object.keys(EXPORT_COLUMNS) as ExportColumn[];

/** One trade of a download: decimals and times are texts already. */
export type ExportRow = Readonly<Record<ExportColumn, string | number | boolean | null>>;
