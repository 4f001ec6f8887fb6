import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { describe, expect, test } from 'vitest';
import { Decimal } from '../kernel/decimal.ts';
import { readConfig } from './config.ts';
import type { Config, Environment } from './config.ts';
import { envExample } from './env-example.ts';
import { LIMITS, variableOf } from './limits.ts';
import { SETTINGS } from './settings.ts';

function config(environment: Environment): Config {
  const reading = readConfig(environment);
  if (!reading.ok) throw new Error(reading.faults.join('\n'));
  return reading.config;
}

function faults(environment: Environment): readonly string[] {
  const reading = readConfig(environment);
  return reading.ok ? [] : reading.faults;
}

describe('readConfig', () => {
  test('needs nothing: the defaults are those of the domain rules', () => {
    const { limits, ...rest } = config({});
    expect(rest).toEqual({
      role: 'all',
      redisUrl: undefined,
      port: 5173,
      trustProxy: 0,
      dataDir: './data',
      databaseUrl: undefined,
      logLevel: 'info',
      exchange: {
        SPOT: { ws: 'wss://stream.binance.com:9443', rest: 'https://api.binance.com' },
        FUTURES: { ws: 'wss://fstream.binance.com', rest: 'https://fapi.binance.com' },
      },
      simulatedPrices: false,
      rules: {
        quoteAssets: ['USDT', 'USDC', 'FDUSD'],
        trackMarketTypes: ['SPOT', 'FUTURES'],
        trackMinConfidence: 0,
        positionSize: new Decimal(100),
        feeRates: { SPOT: new Decimal('0.001'), FUTURES: new Decimal('0.0005') },
        maxPriceAgeMs: 60_000,
        maxClockAheadMs: 5_000,
        maxHostClockOffMs: 1_000,
      },
      capitalBase: new Decimal(1000),
    });
    expect(limits.http.headersTimeoutMs).toBe(10_000);
    expect(limits.feed.weightShare).toBe(0.5);
  });

  test('an empty variable counts as not set, and blanks around a value do not count', () => {
    expect(config({ PORT: '', DATABASE_URL: ' ', LOG_LEVEL: ' debug ' })).toMatchObject({
      port: 5173,
      databaseUrl: undefined,
      logLevel: 'debug',
    });
  });

  test('lists every fault at once, each with the name, the value and what is allowed', () => {
    expect(
      faults({
        PORT: '70000',
        BINANCE_SPOT_WS: 'https://x',
        QUOTE_ASSETS: 'usdt',
        POSITION_SIZE: '1e2',
        HTTP_MAX_HEADER_BYTES: 'many',
        FEED_WEIGHT_SHARE: '2',
      }),
    ).toEqual([
      'PORT is "70000": it must be a whole number from 0 to 65535',
      'BINANCE_SPOT_WS is "https://x": it must be a base URL wss:// or ws:// with a host, perhaps a port, and no path',
      'QUOTE_ASSETS is "usdt": it must be names of assets in upper case, separated by commas, none twice',
      'POSITION_SIZE is "1e2": it must be a plain decimal number above 0 and at most 1000000000',
      'HTTP_MAX_HEADER_BYTES is "many": it must be a whole number from 1024 to 1048576',
      'FEED_WEIGHT_SHARE is "2": it must be a number from 0 to 1',
    ]);
  });

  test.each([
    ['PORT', ['-1', '65536', '5173.5', '0x10', 'http', '٥']],
    ['DATABASE_URL', ['mysql://h/d', 'postgres://host', 'localhost:5432']],
    ['ROLE', ['API', 'web', 'all,api']],
    ['REDIS_URL', ['localhost:6379', 'http://localhost', 'redis://']],
    ['LOG_LEVEL', ['INFO', 'trace']],
    ['BINANCE_SPOT_REST', ['ftp://x', 'api.binance.com', 'https://x/api', 'https://x?y=1', 'https://user@x']],
    ['BINANCE_FUTURES_WS', ['wss://x/market', 'wss://']],
    ['SIMULATED_PRICES', ['1', 'yes', 'TRUE']],
    ['QUOTE_ASSETS', [',', 'USDT,USDT', 'US DT']],
    ['TRACK_MARKET_TYPES', ['MARGIN', 'SPOT,SPOT', 'spot']],
    ['TRACK_MIN_CONFIDENCE', ['1.1', '-0.1', '.5', 'NaN']],
    ['POSITION_SIZE', ['0', '1000000001', 'Infinity', '1,5']],
    ['FEE_RATE_SPOT', ['1', '0.1 %']],
    ['CAPITAL_BASE', ['0']],
  ] as const)('%s refuses %j', (name, values) => {
    for (const value of values) expect(faults({ [name]: value }), value).toHaveLength(1);
  });

  test('takes what is at the edges', () => {
    expect(
      faults({ PORT: '0', TRACK_MIN_CONFIDENCE: '1', FEE_RATE_SPOT: '0', POSITION_SIZE: '1000000000', QUOTE_ASSETS: 'USDT, ETH' }),
    ).toEqual([]);
    expect(config({ BINANCE_SPOT_REST: 'http://127.0.0.1:9443/' }).exchange.SPOT.rest).toBe('http://127.0.0.1:9443');
  });

  test.each([
    [{ BINANCE_FUTURES_WS: 'ws://localhost:1' }, true],
    [{ BINANCE_SPOT_REST: 'http://127.0.5.1:1' }, true],
    [{ BINANCE_SPOT_WS: 'ws://[::1]:1' }, true],
    [{ BINANCE_SPOT_REST: 'https://localhost.example' }, false],
    [{ BINANCE_SPOT_REST: 'http://localhost', SIMULATED_PRICES: 'false' }, false],
    [{ SIMULATED_PRICES: 'true' }, true],
  ])('prices of %j are simulated: %s', (environment, expected) => {
    expect(config(environment).simulatedPrices).toBe(expected);
  });

  test('a part of the product alone needs the database that all parts share', () => {
    expect(faults({ ROLE: 'api' })).toEqual(['ROLE is api: it needs DATABASE_URL, the database that all processes share']);
    expect(faults({ ROLE: 'worker', DATABASE_URL: 'postgres://h/d' })).toEqual([]);
  });

  test('limits that contradict each other are a fault', () => {
    expect(faults({ PAGES_DEFAULT_PAGE_SIZE: '500' })).toEqual([
      'PAGES_DEFAULT_PAGE_SIZE is 500: it must not be above PAGES_MAX_PAGE_SIZE, which is 100',
    ]);
  });

  test('never repeats a password', () => {
    expect(faults({ DATABASE_URL: 'mysql://user:secret@host/db', REDIS_URL: 'http://user:secret@host' }).join()).not.toContain('secret');
  });
});

describe('.env.example', () => {
  const text = readFileSync(join(import.meta.dirname, '../../../.env.example'), 'utf8');

  test('is what "npm run generate" writes', () => {
    expect(text).toBe(envExample());
  });

  test('names every setting and limit with its default, and that is a valid configuration', () => {
    const named = parseEnv(text.replaceAll(/^# ([A-Z_0-9]+=)/gm, '$1'));
    const limits = Object.entries(LIMITS).flatMap(([part, settings]) => Object.keys(settings).map((name) => variableOf(part, name)));
    expect(Object.keys(named).toSorted()).toEqual([...Object.keys(SETTINGS), ...limits].toSorted());
    expect(readConfig(named)).toEqual(readConfig({}));
  });

  test('no two limits share a variable', () => {
    const names = [
      ...Object.keys(SETTINGS),
      ...Object.entries(LIMITS).flatMap(([part, settings]) => Object.keys(settings).map((name) => variableOf(part, name))),
    ];
    expect(new Set(names).size).toBe(names.length);
  });
});
