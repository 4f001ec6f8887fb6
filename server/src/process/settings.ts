import type { MarketType } from '../ticks/tick.ts';
import { baseUrl, choice, decimal, flag, fraction, list, optional, path, postgresUrl, redisUrl, wholeNumber, words } from './setting.ts';

const isQuoteAsset = (text: string): text is string => /^[A-Z0-9]{1,16}$/.test(text);
const isMarketType = (text: string): text is MarketType => text === 'SPOT' || text === 'FUTURES';

/** What an operator decides, by the name of its environment variable. The bounds of queues, pages and waits are in limits.ts. */
export const SETTINGS = {
  ROLE: choice(
    'what this process does; any number of each on one database. api: GraphQL, hooks, downloads, pages, subscriptions; worker: follows the exchange and closes trades while it leads; all: both',
    'all',
    ['all', 'api', 'worker'],
  ),
  PORT: wholeNumber('the port of the page and the API; 0 takes any free one', 5173, 0, 65_535),
  DATA_DIR: path('the folder of everything that is kept; made when it is missing', './data'),
  DATABASE_URL: postgresUrl("a PostgreSQL 18 to use instead of the data folder's own"),
  TRUST_PROXY: wholeNumber(
    "proxies of yours in front of the server: so many of the last entries of X-Forwarded-For are believed; 0: the connection's own address counts",
    0,
    0,
    10,
  ),
  REDIS_URL: redisUrl('a Redis by which the processes on one database tell each other news; not set: they do by PostgreSQL'),
  LOG_LEVEL: choice('what is logged at least', 'info', ['debug', 'info', 'warn', 'error']),
  NOTICE: words('what you want every reader to see above the figures, such as when the feed is under maintenance', 280),

  BINANCE_SPOT_WS: baseUrl("the exchange's spot streams", 'wss://stream.binance.com:9443', ['wss', 'ws']),
  BINANCE_SPOT_REST: baseUrl("the exchange's spot REST API", 'https://api.binance.com', ['https', 'http']),
  BINANCE_FUTURES_WS: baseUrl("the exchange's USD-M futures streams", 'wss://fstream.binance.com', ['wss', 'ws']),
  BINANCE_FUTURES_REST: baseUrl("the exchange's USD-M futures REST API", 'https://fapi.binance.com', ['https', 'http']),
  SIMULATED_PRICES: optional(flag('whether prices are simulated; not set: true if any of the four URLs is on a loopback address', false)),

  QUOTE_ASSETS: list('the assets a symbol may be quoted in', 'USDT,USDC,FDUSD', 'names of assets in upper case', isQuoteAsset),
  TRACK_MARKET_TYPES: list(
    'the markets whose signals are traded; the others are only stored',
    'SPOT,FUTURES',
    'SPOT, FUTURES or both',
    isMarketType,
  ),
  TRACK_MIN_CONFIDENCE: fraction('signals with less confidence are only stored', 0, 0, 1),
  POSITION_SIZE: decimal(
    'what a paper trade invests, in the quote currency',
    '100',
    'above 0 and at most 1000000000',
    (value) => value.gt(0) && value.lte(1e9),
  ),
  FEE_RATE_SPOT: decimal('the fee per side of a spot trade, as a share of its value', '0.001', 'from 0 to below 1', (value) => value.lt(1)),
  FEE_RATE_FUTURES: decimal('the same of a futures trade', '0.0005', 'from 0 to below 1', (value) => value.lt(1)),
  CAPITAL_BASE: decimal(
    'the capital that percentages refer to',
    '1000',
    'above 0 and at most 1000000000000',
    (value) => value.gt(0) && value.lte(1e12),
  ),
};
