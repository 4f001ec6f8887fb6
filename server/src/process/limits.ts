import { DEFAULT_FEED_LIMITS } from '../ticks/feed-limits.ts';
import { fraction, wholeNumber } from './setting.ts';
import type { Setting } from './setting.ts';

/** How far from its default a limit may be set where nothing narrower is said: from a hundredth of it to a hundred times. */
const SPREAD = 100;

/**
 * Every bound of a queue, page or wait, by the part it belongs to. An operator seldom needs to change one; the environment variable is
 * the part and the name in capitals: database.maxConnections is DATABASE_MAX_CONNECTIONS.
 */
export const LIMITS = {
  database: {
    maxConnections: wholeNumber('connections of this process; more work waits for one', 20, 2, 1_000),
    connectTimeoutMs: wholeNumber('longest wait for a free or a new connection', 5_000, 100, 600_000),
    statementTimeoutMs: wholeNumber('longest run of one statement', 3_000, 100, 600_000),
    idleInTransactionTimeoutMs: wholeNumber('longest pause inside a transaction', 5_000, 100, 600_000),
    transactionTimeoutMs: wholeNumber('longest interactive transaction', 5_000, 100, 600_000),
    startTimeoutMs: wholeNumber('longest wait at the start for a database that does not answer yet', 30_000, 0, 600_000),
    migrationLockTimeoutMs: wholeNumber('longest wait for another process that is migrating', 60_000, 100, 3_600_000),
  },
  embeddedPostgres: {
    startTimeoutMs: wholeNumber('longest start, crash recovery included', 60_000, 1_000, 3_600_000),
    stopTimeoutMs: wholeNumber('longest clean stop', 10_000, 1_000, 600_000),
    lockTimeoutMs: wholeNumber('longest wait for an earlier process to leave the data folder', 5_000, 0, 600_000),
  },
  http: {
    headersTimeoutMs: wholeNumber("longest wait for a request's headers", 10_000, 100, 600_000),
    requestTimeoutMs: wholeNumber('longest wait for a whole request', 15_000, 100, 600_000),
    bodyTimeoutMs: wholeNumber("longest wait for a request's body after its headers", 5_000, 100, 600_000),
    keepAliveTimeoutMs: wholeNumber('how long an idle connection is kept', 65_000, 100, 600_000),
    maxHeaderBytes: wholeNumber("bytes of a request's headers", 16_384, 1_024, 1_048_576),
    listenTimeoutMs: wholeNumber('longest wait for an earlier process to give the port back', 2_000, 0, 600_000),
    maxConnections: wholeNumber('connections at once; more are closed at once', 10_000, 1, 1_000_000),
  },
  shutdown: {
    deadlineMs: wholeNumber('longest orderly stop; then the process ends anyhow', 20_000, 1_000, 600_000),
  },
  signals: {
    maxPriceAgeMs: wholeNumber('an older market price counts as unknown when a signal is received', 60_000, 1_000, 3_600_000),
    maxClockAheadMs: wholeNumber("how far a bot's clock (sentAt) may be ahead of the server's", 5_000, 0, 86_400_000),
    maxHostClockOffMs: wholeNumber(
      "how far the server's clock may be from the exchange's and still say which ticks come after an entry; from there on the exchange's time does",
      1_000,
      1_000,
      86_400_000,
    ),
  },
  hooks: {
    maxBodyBytes: wholeNumber('bytes of one message to a webhook', 16_384, 1_024, 1_048_576),
    cost: wholeNumber('points of one message to a webhook with a right token, as many as createSignal costs', 12, 0, 1_000_000),
  },
  tokens: {
    maxFailuresPerMinute: wholeNumber('wrong tokens of one network address in a minute; each more is answered with 429', 10, 1, 1_000_000),
    maxFailureAddresses: wholeNumber('addresses whose wrong tokens are counted; those beyond share one count', 10_000, 1, 1_000_000),
    maxLookupsPerAddress: wholeNumber('tokens of one network address that are looked up at once; the others wait', 8, 1, 10_000),
    usedEveryMs: wholeNumber("how often a token's last use is stored, at most", 60_000, 1_000, 86_400_000),
    revocationPollMs: wholeNumber('how often it is looked whether tokens of open sockets were revoked', 250, 50, 60_000),
  },
  doctor: {
    timeoutMs: wholeNumber('longest wait of each check of npm run doctor', 5_000, 100, 60_000),
    clockWarningMs: wholeNumber("a clock this far off the exchange's is worth a warning", 500, 1, 3_600_000),
    clockFaultMs: wholeNumber("a clock this far off the exchange's is a fault", 5_000, 1, 3_600_000),
  },
  record: {
    pageSize: wholeNumber('events read from the track record at once', 500, 1, 10_000),
    recentEvents: wholeNumber('newest events kept in memory for subscribers who come back', 1_000, 1, 100_000),
    pollIntervalMs: wholeNumber('how often the track record is read when nobody said that something was written', 1_000, 10, 600_000),
  },
  leadership: {
    leaseMs: wholeNumber('a leading worker not heard of by PostgreSQL for this long leads no more', 3_000, 500, 60_000),
    retryMs: wholeNumber('pause before a worker tries again to lead after its connection failed', 250, 10, 60_000),
  },
  bus: {
    probeIntervalMs: wholeNumber('how often the connection that hears news of other processes is tried', 15_000, 100, 600_000),
    retryMs: wholeNumber('pause before a lost connection for news is made again', 500, 10, 60_000),
    pricesIntervalMs: wholeNumber('shortest time between two lists of moved prices from the leading worker', 250, 10, 60_000),
    askTimeoutMs: wholeNumber("longest wait for the leading worker's newest price and trade of a signal's symbol", 250, 10, 10_000),
    silentAfterMs: wholeNumber("without news of the leading worker for this long an API node's feeds are STALE", 5_000, 500, 600_000),
    offlineAfterMs: wholeNumber("without them for this long an API node's feeds are OFFLINE", 60_000, 500, 3_600_000),
    symbolsIntervalMs: wholeNumber(
      "how often an API node reads the exchange's symbols as the leading worker stored them",
      60_000,
      100,
      3_600_000,
    ),
  },
  closing: {
    batchSize: wholeNumber('closures written in one statement', 100, 1, 10_000),
    retryMinMs: wholeNumber('wait after a first failed write; doubles with each', 100, 10, 600_000),
    retryMaxMs: wholeNumber('longest wait after a failed write', 5_000, 10, 600_000),
    cursorSaveIntervalMs: wholeNumber('how often it is stored how far each stream was applied', 1_000, 10, 600_000),
  },
  candles: {
    intervalMs: wholeNumber('how often it is looked for closed trades whose candles are not kept yet', 10_000, 10, 3_600_000),
    settleMs: wholeNumber("how long after its end a candle counts as final, also where the host's clock is ahead", 10_000, 0, 3_600_000),
    retryMs: wholeNumber('wait before the candles of a trade are asked for again after a failure', 600_000, 10, 86_400_000),
    pageSize: wholeNumber('closed trades read at once that have no candles yet', 20, 1, 1_000),
    maxPerTrade: wholeNumber('candles kept of one trade; a longer trade gets longer ones', 200, 50, 450),
    before: wholeNumber('how many of them lie before the entry', 20, 0, 20),
    after: wholeNumber('how many of them lie after the exit', 3, 0, 20),
  },
  events: {
    mailboxCapacity: wholeNumber('live events that may wait for one subscriber; beyond it the subscription ends', 256, 1, 100_000),
    replayPageSize: wholeNumber('stored events read at once while a subscriber catches up', 500, 1, 10_000),
    replayMaxAgeMs: wholeNumber('subscribers who come back within this time are told of an event in the same words', 1_000, 0, 60_000),
  },
  pages: {
    defaultPageSize: wholeNumber('rows of a page of a list when the query does not say', 50, 1, 1_000),
    maxPageSize: wholeNumber('most rows of a page of a list', 100, 1, 1_000),
    incidentStretches: wholeNumber('newest repaired stretches that incidents are worked out of', 1_000, 1, 10_000),
  },
  exports: {
    cost: wholeNumber('points that one download of the history costs', 1_000, 0, 1_000_000),
    maxConcurrent: wholeNumber('downloads of the history at once; more are answered with 503', 4, 1, 1_000),
    maxPerAddress: wholeNumber('the same of one network address; more are answered with 429', 1, 1, 1_000),
    retryAfterMs: wholeNumber('what a surplus download is told to wait', 10_000, 1_000, 600_000),
    windowSize: wholeNumber('events of the track record that a download looks through at once', 2_000, 10, 100_000),
    maxDurationMs: wholeNumber('longest download; then it is cut', 1_800_000, 1_000, 86_400_000),
    stalledMs: wholeNumber('a download whose reader takes nothing for this long is cut', 30_000, 1_000, 600_000),
  },
  playground: {
    costPerMegabyte: wholeNumber('points per megabyte of the playground page, which has 9, or 2.4 compressed', 100, 0, 100_000),
    stalledMs: wholeNumber('a page of the playground whose reader takes nothing for this long is cut', 15_000, 1_000, 600_000),
  },
  answers: {
    retryMs: wholeNumber('wait after a failed write of how many signals were refused or repeated', 5_000, 10, 600_000),
  },
  trackRecord: {
    maxCachedFilters: wholeNumber('filters whose trades are kept in memory for the metrics', 50, 1, 10_000),
    maxCachedTrades: wholeNumber('places of trades kept for all these filters together, 8 bytes each', 5_000_000, 0, 1_000_000_000),
    maxConcurrentReads: wholeNumber('filters whose trades are read at once; others wait', 4, 1, 100),
    maxBreakdownRows: wholeNumber('most rows of a breakdown or a leaderboard', 1_000, 1, 100_000),
    maxIntervalTrades: wholeNumber('trades of all expectancy intervals that are remembered, 8 bytes each', 1_000_000, 1, 1_000_000_000),
    metricsMaxAgeMs: wholeNumber('the metrics that grow with the clock are worked out again after this long', 1_000, 0, 60_000),
  },
  live: {
    minIntervalMs: wholeNumber('shortest interval a subscriber may ask for', 100, 10, 60_000),
    maxIntervalMs: wholeNumber('longest interval a subscriber may ask for', 60_000, 100, 3_600_000),
    feedIntervalMs: wholeNumber("shortest time between two reports of the feeds' health", 1_000, 100, 60_000),
    maxSymbolsPerRequest: wholeNumber('symbols named in one request for prices', 200, 1, 10_000),
  },
  api: {
    maxRequestBodyBytes: wholeNumber('bytes of a request to the API', 32_768, 1_024, 1_048_576),
    maxTokens: wholeNumber('words, names, numbers and signs of a query', 1_000, 100, 100_000),
    maxDepth: wholeNumber('levels of fields within fields of a query', 10, 5, 100),
    maxIntrospectionDepth: wholeNumber('the same below __schema and __type', 15, 5, 100),
    maxAliases: wholeNumber('aliases of an operation, with its fragments written out', 30, 1, 10_000),
    maxDirectives: wholeNumber('directives, likewise', 20, 1, 10_000),
    maxFields: wholeNumber('fields, likewise', 500, 50, 100_000),
    maxFragments: wholeNumber('fragments of a document', 50, 1, 10_000),
    maxOperations: wholeNumber('operations of a document, of which one is asked for', 10, 1, 1_000),
    maxListLength: wholeNumber('entries of a list in the variables', 250, 10, 100_000),
    maxVariableDepth: wholeNumber('objects and lists within one another in a variable', 10, 3, 100),
    maxKeptQueryChars: wholeNumber('characters of queries that are kept as they were parsed', 500_000, 10_000, 100_000_000),
    executionTimeoutMs: wholeNumber('longest wait for an answer', 5_000, 100, 600_000),
    maxCost: wholeNumber('points that one request may cost', 2_000, 100, 1_000_000_000),
    costCapacity: wholeNumber('points that one address may spend at once', 20_000, 100, 1_000_000_000),
    costPerSecond: wholeNumber('points that one address gets back per second', 1_000, 1, 1_000_000_000),
    refusedCost: wholeNumber('points that a request costs which is refused for what it says, or for its wrong token', 200, 0, 1_000_000),
    costPerThousandRead: wholeNumber(
      'points per thousand trades of a filter that nobody has asked for since the record grew',
      50,
      0,
      1_000_000,
    ),
    costPerThousandInIntervals: wholeNumber(
      'points per thousand trades of an expectancy interval that has to be worked out',
      500,
      0,
      1_000_000,
    ),
    heavyCost: wholeNumber('points from which on a request is heavy', 1_200, 1, 1_000_000_000),
    maxHeavyRequests: wholeNumber('heavy requests of one address under way', 4, 1, 1_000_000),
    maxAddresses: wholeNumber(
      'addresses whose points are remembered; beyond it the longest silent one is forgotten',
      10_000,
      10,
      10_000_000,
    ),
  },
  sockets: {
    maxMessageBytes: wholeNumber("bytes of one message on a subscriber's WebSocket", 16_384, 1_024, 1_048_576),
    initTimeoutMs: wholeNumber('how long a new WebSocket may take to introduce itself', 3_000, 100, 60_000),
    pingIntervalMs: wholeNumber('how often a WebSocket is pinged; without an answer by the next ping it is cut', 10_000, 1_000, 600_000),
    maxSockets: wholeNumber('WebSockets and event streams at once', 8_000, 1, 1_000_000),
    maxSocketsPerAddress: wholeNumber('the same of one address', 50, 1, 1_000_000),
    maxSubscriptionsPerSocket: wholeNumber('subscriptions of one WebSocket at once', 16, 1, 10_000),
    maxMessagesPerMinute: wholeNumber('messages of one WebSocket per minute; beyond it new subscriptions are refused', 100, 10, 1_000_000),
    floodPerMinute: wholeNumber('messages per minute from which on a WebSocket is cut', 1_000, 10, 10_000_000),
    maxFragments: wholeNumber('frames of one message on a WebSocket', 64, 1, 100_000),
    maxBufferedChunks: wholeNumber('pieces in which one message on a WebSocket may arrive', 1_024, 16, 1_000_000),
    stalledStreamMs: wholeNumber('a server-sent event stream whose reader takes nothing for this long is cut', 15_000, 1_000, 600_000),
    stalledMs: wholeNumber(
      'a WebSocket for which something waits and whose reader takes nothing for this long is closed',
      15_000,
      1_000,
      600_000,
    ),
    behindMs: wholeNumber('a WebSocket whose reader has been behind for this long, however it reads, is closed', 60_000, 1_000, 600_000),
    maxHeldBytes: wholeNumber(
      'bytes of messages that may wait half written; beyond it who took nothing for longest is cut first',
      16_777_216,
      1_048_576,
      10_737_418_240,
    ),
    writeSliceMs: wholeNumber('how long prices and states are written to subscribers before anything else gets its turn', 5, 1, 1_000),
    eventSliceMs: wholeNumber('how long events are written to subscribers before anything else gets its turn', 20, 1, 1_000),
  },
  feed: fromDefaults(DEFAULT_FEED_LIMITS, 'see server/src/ticks/feed-limits.ts'),
};

type Values<Part> = { readonly [Name in keyof Part]: number };
export type Limits = { readonly [Part in keyof typeof LIMITS]: Values<(typeof LIMITS)[Part]> };

/** ("http", "maxHeaderBytes") → "HTTP_MAX_HEADER_BYTES" */
export function variableOf(part: string, name: string): string {
  return `${part}_${name}`.replaceAll(/([a-z])([A-Z])/g, '$1_$2').toUpperCase();
}

/** The limits of a part that declares its own defaults. */
function fromDefaults<Part extends object>(defaults: Part, about: string): Record<keyof Part, Setting<number>> {
  const settings = Object.entries<number>(defaults as Record<string, number>).map(([name, value]) => {
    const setting = Number.isInteger(value)
      ? wholeNumber(about, value, Math.ceil(value / SPREAD), value * SPREAD)
      : fraction(about, value, 0, 1);
    return [name, setting];
  });
  return Object.fromEntries(settings) as Record<keyof Part, Setting<number>>;
}
