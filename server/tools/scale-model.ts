// What a cluster of a given size needs, computed from what was measured. `node server/tools/scale-model.ts` prints the table of docs/SCALE.md.

/** Measured by `node server/tools/measure-scale.ts` on two cores shared with much other work: processor time, to two digits. */
export const MEASURED = {
  /** Of an API node, per signal accepted there. */
  apiMsPerSignal: 8.2,
  /** Of PostgreSQL, per signal with its trade, its events and its closure. */
  postgresMsPerSignal: 7.8,
  /** Of the leading worker, per trade of the exchange on a watched symbol. */
  workerMsPerTick: 0.027,
  /** Of an API node, per price of a symbol that the leader tells of, at most four a second and symbol. */
  apiMsPerTold: 0.021,
  /** Of an API node, per event and viewer to whom it is told over WebSocket. */
  apiMsPerDelivery: 0.02,
  /** Memory of an API node and of a leading worker with nothing to do. */
  apiMiB: 250,
  workerMiB: 240,
} as const;

/** What is not measured but taken to be so; the page says it. */
export const ASSUMED = {
  /** Of one core: beyond it, queues grow in bad moments. */
  usableShare: 0.6,
  /** Trades of the exchange on a watched symbol, on average of busy and quiet ones. */
  ticksPerSymbolAndSecond: 20,
  /** Lists of prices in a second that a node is told at most; each symbol is in each at most once. */
  toldPerSymbolAndSecond: 4,
  /** A signal is three events by the time its trade is closed, of which a viewer of the page is told all. */
  eventsPerSignal: 3,
} as const;

export interface Size {
  readonly viewers: number;
  readonly symbols: number;
  readonly signalsPerMinute: number;
}

export interface Need extends Size {
  /** Processes of the role api, each on a core, and one more so that any may go. */
  readonly apiNodes: number;
  /** One leads, one stands by. */
  readonly workers: number;
  /** Share of one core, percent. */
  readonly leaderCorePct: number;
  readonly postgresCorePct: number;
  /** What is short first when this size grows, by how often it could grow before it is. */
  readonly nextLimit: string;
}

export const SIZES: readonly Size[] = [
  { viewers: 100, symbols: 10, signalsPerMinute: 6 },
  { viewers: 1_000, symbols: 50, signalsPerMinute: 20 },
  { viewers: 10_000, symbols: 100, signalsPerMinute: 20 },
  { viewers: 10_000, symbols: 500, signalsPerMinute: 200 },
  { viewers: 100_000, symbols: 500, signalsPerMinute: 200 },
  { viewers: 100_000, symbols: 2_000, signalsPerMinute: 2_000 },
];

export function needOf(size: Size): Need {
  const { usableShare, ticksPerSymbolAndSecond, toldPerSymbolAndSecond, eventsPerSignal } = ASSUMED;
  const signalsPerSecond = size.signalsPerMinute / 60;
  const usableMs = 1_000 * usableShare;
  const leaderMs = size.symbols * ticksPerSymbolAndSecond * MEASURED.workerMsPerTick;
  const postgresMs = signalsPerSecond * MEASURED.postgresMsPerSignal;
  // Each node hears all prices; signals and viewers are shared out.
  const toldMs = size.symbols * toldPerSymbolAndSecond * MEASURED.apiMsPerTold;
  const sharedMs = signalsPerSecond * (MEASURED.apiMsPerSignal + size.viewers * eventsPerSignal * MEASURED.apiMsPerDelivery);
  const apiNodes = toldMs < usableMs ? Math.ceil(sharedMs / (usableMs - toldMs)) + 1 : Infinity;
  const room: [string, number][] = [
    ['the leader’s core', usableMs / leaderMs],
    ['PostgreSQL’s first core', usableMs / postgresMs],
    ['prices told to each API node', usableMs / toldMs],
  ];
  const [name, factor] = room.reduce((least, each) => (each[1] < least[1] ? each : least));
  return {
    ...size,
    apiNodes,
    workers: 2,
    leaderCorePct: Math.ceil(leaderMs / 10),
    postgresCorePct: Math.ceil(postgresMs / 10),
    nextLimit: factor < 1 ? `${name}: too little for this` : `${name}, at ${factor < 10 ? factor.toFixed(1) : Math.floor(factor)} × this`,
  };
}

const HEADINGS = [
  'viewers',
  'symbols',
  'signals/min',
  'API nodes',
  'workers',
  'leader, % of a core',
  'PostgreSQL, % of a core',
  'next limit',
];

/** The table as it stands in the page. */
export function scaleTable(): string {
  const rows = SIZES.map(needOf).map((need) => [
    need.viewers.toLocaleString('en-US'),
    need.symbols.toLocaleString('en-US'),
    need.signalsPerMinute.toLocaleString('en-US'),
    need.apiNodes.toLocaleString('en-US'),
    String(need.workers),
    String(need.leaderCorePct),
    String(need.postgresCorePct),
    need.nextLimit,
  ]);
  const widths = HEADINGS.map((heading, column) => Math.max(heading.length, ...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]) => `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`;
  return [line(HEADINGS), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

if (import.meta.main) console.log(scaleTable());
