import type { Listing } from './listing.ts';

/** A frame that no exchange should send: text, or bytes for a binary one. Each claims the next trade, at a price far away. */
type Corruption = (claim: Readonly<Record<string, unknown>>, stream: string) => string | Uint8Array;

const wrapped = (stream: string, data: unknown) => JSON.stringify({ stream, data });
/** A claim whose fields differ as said. */
const changed =
  (change: Readonly<Record<string, unknown>>): Corruption =>
  (claim, stream) =>
    wrapped(stream, { ...claim, ...change });
/** A number that JSON has but JSON.stringify does not write. */
const bare =
  (field: string, text: string): Corruption =>
  (claim, stream) =>
    wrapped(stream, { ...claim, [field]: '@' }).replace(`"${field}":"@"`, `"${field}":${text}`);

const TEN_MEGABYTES = 10_485_760;

/** By name, as tests and `POST /control/faults` say them. */
export const CORRUPTIONS = {
  truncated: (claim, stream) => wrapped(stream, claim).slice(0, -20),
  notJson: () => 'Service Unavailable',
  empty: () => '',
  null: () => 'null',
  list: (claim) => JSON.stringify([claim]),
  binary: (claim, stream) => Buffer.from(wrapped(stream, claim)),
  tenMegabytes: (claim, stream) => wrapped(stream, { ...claim, padding: 'x'.repeat(TEN_MEGABYTES) }),
  dataIsText: (claim, stream) => wrapped(stream, JSON.stringify(claim)),
  wrongSymbol: changed({ s: 'NOSUCHUSDT' }),
  lowerCaseSymbol: (claim, stream) => wrapped(stream, { ...claim, s: String(claim.s).toLowerCase() }),
  noSymbol: changed({ s: undefined }),
  unknownEvent: changed({ e: 'aggTradeV2' }),
  noEvent: changed({ e: undefined }),
  priceNaN: changed({ p: 'NaN' }),
  priceInfinity: changed({ p: 'Infinity' }),
  priceNegative: changed({ p: '-1' }),
  priceZero: changed({ p: '0.00000000' }),
  priceEmpty: changed({ p: '' }),
  priceHuge: changed({ p: '1e400' }),
  priceHex: changed({ p: '0x10' }),
  priceComma: changed({ p: '1,5' }),
  priceNumber: changed({ p: 1.5 }),
  priceHugeNumber: bare('p', '1e400'),
  priceNull: changed({ p: null }),
  priceMissing: changed({ p: undefined }),
  priceObject: changed({ p: { value: '1' } }),
  quantityZero: changed({ q: '0' }),
  quantityNegative: changed({ q: '-5' }),
  blanked: changed({ p: '0', q: '0', f: -1, l: -1, X: 'NA' }),
  idText: (claim, stream) => wrapped(stream, { ...claim, a: String(claim.a) }),
  idNegative: changed({ a: -1 }),
  idFraction: changed({ a: 1.5 }),
  idHuge: bare('a', '1e400'),
  timeText: changed({ T: '2026-01-01T00:00:00Z' }),
  timeZero: changed({ T: 0 }),
  timeMicroseconds: (claim, stream) => wrapped(stream, { ...claim, T: Number(claim.T) * 1_000 }),
  eventTimeMissing: changed({ E: undefined }),
  coinMargined: changed({ st: 2 }),
} satisfies Record<string, Corruption>;

export type CorruptionName = keyof typeof CORRUPTIONS;
export const CORRUPTION_NAMES = Object.keys(CORRUPTIONS) as CorruptionName[];

/** The corrupt frame of a symbol's aggTrade stream, claiming `price` for the id that comes next. */
export function corruptFrame(name: CorruptionName, listing: Listing, price: string, nowMs: number): string | Uint8Array {
  const id = listing.tape.nextId;
  const claim = { e: 'aggTrade', E: nowMs, s: listing.symbol, a: id, p: price, q: '1', f: id, l: id, T: nowMs, m: true };
  const make: Corruption = CORRUPTIONS[name];
  return make(listing.marketType === 'SPOT' ? { ...claim, M: true } : { ...claim, nq: '1', st: 1 }, streamOf(listing));
}

/** The stream of a listing's aggregate trades. */
export function streamOf({ symbol }: Pick<Listing, 'symbol'>): string {
  return `${symbol.toLowerCase()}@aggTrade`;
}
