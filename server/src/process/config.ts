import * as v from 'valibot';
import type { SignalRules } from '../signals/signal.ts';
import type { MarketType } from '../ticks/tick.ts';
import { LIMITS, variableOf } from './limits.ts';
import type { Limits } from './limits.ts';
import type { Setting } from './setting.ts';
import { SETTINGS } from './settings.ts';

type ValueOf<S> = S extends { readonly standard: undefined } & Setting<infer T> ? T | undefined : S extends Setting<infer T> ? T : never;
type Settings = { readonly [Name in keyof typeof SETTINGS]: ValueOf<(typeof SETTINGS)[Name]> };

/** Everything an operator may set, checked. */
export interface Config {
  readonly role: Settings['ROLE'];
  readonly port: number;
  readonly dataDir: string;
  /** Undefined: the embedded PostgreSQL in the data folder. */
  readonly databaseUrl: string | undefined;
  /** Proxies in front of the server whose X-Forwarded-For is believed. */
  readonly trustProxy: number;
  /** Undefined: news go by PostgreSQL. */
  readonly redisUrl: string | undefined;
  readonly logLevel: Settings['LOG_LEVEL'];
  /** Base URLs without a path. */
  readonly exchange: Readonly<Record<MarketType, { readonly ws: string; readonly rest: string }>>;
  readonly simulatedPrices: boolean;
  readonly rules: SignalRules;
  readonly capitalBase: Settings['CAPITAL_BASE'];
  /** What the operator wants every reader to see; undefined: nothing. */
  readonly notice: string | undefined;
  readonly limits: Limits;
}

export type Environment = Readonly<Record<string, string | undefined>>;

export type ConfigReading = { readonly ok: true; readonly config: Config } | { readonly ok: false; readonly faults: readonly string[] };

/** Reads the whole configuration, or says everything that is wrong with it. An empty variable counts as not set. */
export function readConfig(environment: Environment): ConfigReading {
  const faults: string[] = [];
  const read = <T>(name: string, { schema, standard, allowed }: Setting<T>): T => {
    const text = environment[name]?.trim() || standard;
    if (text === undefined) return undefined as T; // only an optional setting has no standard
    const result = v.safeParse(schema, text);
    if (result.success) return result.output;
    faults.push(`${name} is ${quote(name, text)}: it must be ${allowed}`);
    return undefined as T;
  };
  const settings = mapValues(SETTINGS, (name, setting) => read<unknown>(name, setting)) as Settings;
  const limits = mapValues(LIMITS, (part, settingsOfPart) =>
    mapValues(settingsOfPart, (name, setting: Setting<number>) => read(variableOf(part, name), setting)),
  ) as Limits;
  if (faults.length === 0) faults.push(...contradictions(limits), ...splitFaults(settings));
  return faults.length === 0 ? { ok: true, config: assemble(settings, limits) } : { ok: false, faults };
}

/** What is allowed by itself and makes no sense together. */
function contradictions({ closing, pages, live, api, sockets, exports, feed, doctor }: Limits): string[] {
  const pairs: [part: string, lesser: string, greater: string, values: Readonly<Record<string, number>>][] = [
    ['closing', 'retryMinMs', 'retryMaxMs', closing],
    ['pages', 'defaultPageSize', 'maxPageSize', pages],
    ['live', 'minIntervalMs', 'maxIntervalMs', live],
    ['api', 'maxCost', 'costCapacity', api],
    ['api', 'refusedCost', 'costCapacity', api],
    ['sockets', 'maxMessagesPerMinute', 'floodPerMinute', sockets],
    ['sockets', 'maxSocketsPerAddress', 'maxSockets', sockets],
    ['exports', 'maxPerAddress', 'maxConcurrent', exports],
    ['doctor', 'clockWarningMs', 'clockFaultMs', doctor],
    ['feed', 'reconnectMinMs', 'reconnectMaxMs', feed],
    ['feed', 'repairRetryMinMs', 'repairRetryMaxMs', feed],
    ['feed', 'backgroundWeightShare', 'weightShare', feed],
    ['feed', 'staleAfterMs', 'silentAfterMs', feed],
  ];
  return pairs
    .filter(([, lesser, greater, values]) => (values[lesser] ?? 0) > (values[greater] ?? 0))
    .map(([part, lesser, greater, values]) => {
      const [first, second] = [variableOf(part, lesser), variableOf(part, greater)];
      return `${first} is ${values[lesser]}: it must not be above ${second}, which is ${values[greater]}`;
    });
}

/** The data folder's own database is for one process. */
function splitFaults({ ROLE, DATABASE_URL }: Settings): string[] {
  return ROLE === 'all' || DATABASE_URL !== undefined
    ? []
    : [`ROLE is ${ROLE}: it needs DATABASE_URL, the database that all processes share`];
}

function assemble(settings: Settings, limits: Limits): Config {
  const exchange = {
    SPOT: { ws: settings.BINANCE_SPOT_WS, rest: settings.BINANCE_SPOT_REST },
    FUTURES: { ws: settings.BINANCE_FUTURES_WS, rest: settings.BINANCE_FUTURES_REST },
  };
  return {
    role: settings.ROLE,
    port: settings.PORT,
    dataDir: settings.DATA_DIR,
    databaseUrl: settings.DATABASE_URL,
    trustProxy: settings.TRUST_PROXY,
    redisUrl: settings.REDIS_URL,
    logLevel: settings.LOG_LEVEL,
    exchange,
    simulatedPrices: settings.SIMULATED_PRICES ?? Object.values(exchange).some(({ ws, rest }) => isLoopback(ws) || isLoopback(rest)),
    rules: {
      quoteAssets: settings.QUOTE_ASSETS,
      trackMarketTypes: settings.TRACK_MARKET_TYPES,
      trackMinConfidence: settings.TRACK_MIN_CONFIDENCE,
      positionSize: settings.POSITION_SIZE,
      feeRates: { SPOT: settings.FEE_RATE_SPOT, FUTURES: settings.FEE_RATE_FUTURES },
      ...limits.signals,
    },
    capitalBase: settings.CAPITAL_BASE,
    notice: settings.NOTICE,
    limits,
  };
}

function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '[::1]' || /^127(\.[0-9]+){3}$/.test(hostname);
}

/** The value as given, but never a secret: these URLs hold a password. */
function quote(name: string, text: string): string {
  return name === 'DATABASE_URL' || name === 'REDIS_URL' ? 'not valid' : JSON.stringify(text);
}

function mapValues<Source extends object, Result>(source: Source, map: (name: string, value: Source[keyof Source]) => Result) {
  return Object.fromEntries(Object.entries(source).map(([name, value]) => [name, map(name, value as Source[keyof Source])]));
}
