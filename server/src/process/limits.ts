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
    statementTimeoutMs: wholeNumber('longest run of one statement', 5_000, 100, 600_000),
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
  },
  record: {
    pageSize: wholeNumber('events read from the track record at once', 500, 1, 10_000),
    recentEvents: wholeNumber('newest events kept in memory for subscribers who come back', 1_000, 1, 100_000),
    pollIntervalMs: wholeNumber('how often the track record is read when nobody said that something was written', 1_000, 10, 600_000),
  },
  closing: {
    batchSize: wholeNumber('closures written in one statement', 100, 1, 10_000),
    retryMinMs: wholeNumber('wait after a first failed write; doubles with each', 100, 10, 600_000),
    retryMaxMs: wholeNumber('longest wait after a failed write', 5_000, 10, 600_000),
    cursorSaveIntervalMs: wholeNumber('how often it is stored how far each stream was applied', 1_000, 10, 600_000),
    freshTradeMs: wholeNumber('a trade younger than this at that moment starts from its own point after a restart', 60_000, 0, 3_600_000),
  },
  events: {
    mailboxCapacity: wholeNumber('live events that may wait for one subscriber; beyond it the subscription ends', 256, 1, 100_000),
    replayPageSize: wholeNumber('stored events read at once while a subscriber catches up', 500, 1, 10_000),
    replayMaxAgeMs: wholeNumber('subscribers who come back within this time are told of an event in the same words', 1_000, 0, 60_000),
  },
  pages: {
    defaultPageSize: wholeNumber('rows of a page of a list when the query does not say', 50, 1, 1_000),
    maxPageSize: wholeNumber('most rows of a page of a list', 100, 1, 1_000),
  },
  exports: {
    maxConcurrent: wholeNumber('downloads of the history at once; more are answered with 503', 4, 1, 1_000),
    retryAfterMs: wholeNumber('what a surplus download is told to wait', 10_000, 1_000, 600_000),
    windowSize: wholeNumber('events of the track record that a download looks through at once', 5_000, 10, 100_000),
    maxDurationMs: wholeNumber('longest download; then it is cut', 1_800_000, 1_000, 86_400_000),
    stalledMs: wholeNumber('a download whose reader takes nothing for this long is cut', 30_000, 1_000, 600_000),
  },
  answers: {
    retryMs: wholeNumber('wait after a failed write of how many signals were refused or repeated', 5_000, 10, 600_000),
  },
  trackRecord: {
    maxCachedFilters: wholeNumber('filters whose trades are kept in memory for the metrics', 50, 1, 10_000),
    maxCachedTrades: wholeNumber('trades kept in memory for all these filters together, about 1 kB each', 200_000, 0, 100_000_000),
    maxBreakdownRows: wholeNumber('most rows of a breakdown or a leaderboard', 1_000, 1, 100_000),
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
  },
  sockets: {
    maxMessageBytes: wholeNumber("bytes of one message on a subscriber's WebSocket", 16_384, 1_024, 1_048_576),
    initTimeoutMs: wholeNumber('how long a new WebSocket may take to introduce itself', 3_000, 100, 60_000),
    pingIntervalMs: wholeNumber('how often a WebSocket is pinged; without an answer by the next ping it is cut', 10_000, 1_000, 600_000),
    stalledStreamMs: wholeNumber('a server-sent event stream whose reader takes nothing for this long is cut', 15_000, 1_000, 600_000),
    stalledMs: wholeNumber(
      'a WebSocket for which something waits and whose reader takes nothing for this long is closed',
      15_000,
      1_000,
      600_000,
    ),
    behindMs: wholeNumber('a WebSocket whose reader has been behind for this long, however it reads, is closed', 60_000, 1_000, 600_000),
    writeSliceMs: wholeNumber('how long messages are written to subscribers before anything else gets its turn', 20, 1, 1_000),
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
