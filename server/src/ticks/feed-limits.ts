/** Every bound and timeout of one market's feed. All can be set; `DEFAULT_FEED_LIMITS` says why each has its value. */
export interface FeedLimits {
  /** Streams on one connection, its sentinel included; more symbols open more connections. */
  readonly streamsPerConnection: number;
  /** Bytes of one SUBSCRIBE or UNSUBSCRIBE frame. */
  readonly controlMessageBytes: number;
  /** Streams named in one SUBSCRIBE or UNSUBSCRIBE. */
  readonly streamsPerControlMessage: number;
  /** Time for the opening handshake, from dialling to the 101 answer. */
  readonly handshakeTimeoutMs: number;
  /** Time for the answer to a SUBSCRIBE or UNSUBSCRIBE; without one the connection is replaced. */
  readonly ackTimeoutMs: number;
  /** Bytes of one frame from the exchange; a longer one ends the connection. */
  readonly frameBytes: number;
  /** A connection on which nothing has arrived for this long is replaced. The sentinel stream beats every second. */
  readonly silentAfterMs: number;
  /** Without any message for this long, or with none but such as are later than this, the feed says STALE. Below `silentAfterMs`. */
  readonly staleAfterMs: number;
  /** Without a working connection for this long the feed says OFFLINE. */
  readonly offlineAfterMs: number;
  /** How often the state is looked at when nothing happens. */
  readonly statusIntervalMs: number;

  /** Delay before the first attempt to connect again; doubles with each failure. */
  readonly reconnectMinMs: number;
  readonly reconnectMaxMs: number;
  /** A connection open for this long counts as good: the next loss starts at `reconnectMinMs` again. */
  readonly stableAfterMs: number;
  /** A connection this old, and up to the jitter more, gets its successor: well before the 24 h after which the exchange ends it. */
  readonly rollOverAfterMs: number;
  readonly rollOverJitterMs: number;
  /** How long a successor with all its streams confirmed waits for each to bring something before it takes over. */
  readonly rollOverOverlapMs: number;
  /** Attempts to connect, over all connections of the market, within `connectAttemptsWindowMs`. */
  readonly connectAttempts: number;
  readonly connectAttemptsWindowMs: number;

  /** Live ticks kept per symbol while an earlier one is missing; beyond it they are dropped and come by REST. */
  readonly heldTicks: number;
  /** Delivered ticks kept per symbol for `recentAfter`. */
  readonly recentTicks: number;
  /** A live tick whose id is further ahead than this is not taken; REST is asked whether anything is missing. */
  readonly idJump: number;
  /** A live tick whose price is up or down by more than this from the last one must be confirmed by REST; percent of the lesser of the two. */
  readonly doubtfulMovePct: number;
  /** How long a missing id may still come by the stream before REST is asked for it. */
  readonly gapGraceMs: number;
  /** Delay before REST is asked again after a failure or an answer that trails the stream; doubles each time. */
  readonly repairRetryMinMs: number;
  readonly repairRetryMaxMs: number;
  /** Answers in a row that do not know of a tick already held, after which that tick is put aside. */
  readonly trailingAnswers: number;
  /** A symbol without a live tick for this long whose checked price differs from its last tick is read again by REST. */
  readonly suspectAfterMs: number;

  /** Rows asked of one aggTrades request; the exchange gives at most 1000. */
  readonly pageRows: number;
  /** A hole longer than this that one page does not fill is looked at by minutes first: only those that matter are read trade by trade. */
  readonly candlesAfterMs: number;
  /** Rows asked of one klines request; the weight per row is least just below 500. */
  readonly candleRows: number;
  /**
   * Where the last known trade is older than this and REST knows none after it, it is asked for its newest one: an exchange that
   * has forgotten a trade may give nothing, too. Well below how long futures keep trades, as the host's clock may be wrong.
   */
  readonly forgottenAfterMs: number;
  /** Share of the exchange's weight per minute that this feed may use. */
  readonly weightShare: number;
  /** Share of the exchange's weight per minute, within `weightShare`, for what is asked in the background: the prices of past trades. */
  readonly backgroundWeightShare: number;
  /** REST requests under way at once. */
  readonly restConcurrency: number;
  /** REST requests that may wait; more are refused. */
  readonly restQueue: number;
  readonly restTimeoutMs: number;
  /** Bytes of one REST answer. Spot's exchangeInfo is above 10 MB. */
  readonly restAnswerBytes: number;
  /** Pause after 429, 418, 403 or 451 where the answer has no Retry-After. */
  readonly restPauseMs: number;

  /** How often the prices of all symbols, and the exchange's time, are asked for. */
  readonly priceCheckIntervalMs: number;
  /** How often the list of symbols is asked for. */
  readonly symbolListIntervalMs: number;
  /** Lists in a row that must say that a symbol is over before its trades are closed. */
  readonly delistedAfterLists: number;
}

export const DEFAULT_FEED_LIMITS: FeedLimits = {
  streamsPerConnection: 200, // 1,024 documented, 200 on older futures pages
  controlMessageBytes: 3_500, // frames above about 4,088 bytes get no answer and no effect
  streamsPerControlMessage: 200,
  handshakeTimeoutMs: 10_000,
  ackTimeoutMs: 5_000,
  frameBytes: 1_048_576,
  silentAfterMs: 10_000,
  staleAfterMs: 5_000,
  offlineAfterMs: 60_000,
  statusIntervalMs: 1_000,

  reconnectMinMs: 250,
  reconnectMaxMs: 4_000, // back within 5 s of the network; 75 attempts in 5 min for one connection
  stableAfterMs: 30_000,
  rollOverAfterMs: 79_200_000, // 22 h
  rollOverJitterMs: 3_600_000,
  rollOverOverlapMs: 3_000,
  connectAttempts: 100, // the exchange allows 300 per address, for both markets
  connectAttemptsWindowMs: 300_000,

  heldTicks: 20_000,
  recentTicks: 2_000,
  idJump: 10_000_000, // two days of the busiest symbol
  doubtfulMovePct: 50,
  gapGraceMs: 250,
  repairRetryMinMs: 250,
  repairRetryMaxMs: 10_000,
  trailingAnswers: 12, // about a minute
  suspectAfterMs: 4_000, // with priceCheckIntervalMs: a dead stream of a symbol that moves is known within 10 s

  pageRows: 1_000,
  candlesAfterMs: 600_000, // of a busy futures symbol: about ten pages, as much as a look at a day of minutes costs
  candleRows: 499,
  forgottenAfterMs: 43_200_000,
  weightShare: 0.5,
  backgroundWeightShare: 0.1,
  restConcurrency: 4,
  restQueue: 10_000,
  restTimeoutMs: 10_000,
  restAnswerBytes: 67_108_864,
  restPauseMs: 60_000,

  priceCheckIntervalMs: 5_000,
  symbolListIntervalMs: 900_000, // spot's list is above 10 MB
  delistedAfterLists: 3,
};
