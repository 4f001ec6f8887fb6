import { unreachable, type PageAnswer } from '#lib/graphql/page-answer.ts';
import { mapLoaded, type Loaded } from '#lib/graphql/loaded.ts';
import type { LiveEngine } from '#lib/live/later/engine.svelte.ts';
import type { Link, LinkEvents } from '#lib/live/later/link.ts';
import type { LiveSession } from '#lib/live/session.svelte.ts';
import type { Timers } from '#lib/live/timers.ts';

/*
 * The states of the page that a developer cannot wait for, opened by `?state=NAME` where the demo runs and nowhere else. The components
 * are the page's own; what is staged is what they are told: the first answer of the server, and how the socket behaves.
 */

export interface Stage {
  /** What the first answer becomes. */
  answer?: (answer: PageAnswer) => PageAnswer;
  /** `silent`: a socket that says nothing, so that the scene stands; `none`: there is no connection; left out: the real one. */
  socket?: 'silent' | 'none';
  /** What happens once the page has come alive. */
  then?: (session: LiveSession) => void;
}

const STALE_MS = 35_000;
/** Less than the silence after which a connection counts as dead. */
const BEAT_MS = 5_000;
const FAILED = { ok: false, code: 'INTERNAL_ERROR' } as const;
const SILENT = { socket: 'silent' } as const;

export const STAGES: Readonly<Record<string, Stage>> = {
  loading: {
    ...SILENT,
    then: (session) => {
      session.loading = true;
    },
  },
  empty: { ...SILENT, answer: empty },
  'no-positions': { ...SILENT, answer: withoutPositions },
  'panel-error': { ...SILENT, answer: (answer) => ({ ...answer, ...failed(answer) }) },
  unreachable: { answer: ({ filter }) => unreachable(filter) },
  stale: { ...SILENT, answer: (answer) => withFeeds(older(answer, STALE_MS), 'STALE') },
  'feed-down': { ...SILENT, answer: (answer) => withFeeds(older(answer, STALE_MS), 'OFFLINE') },
  reconnecting: { socket: 'none' },
  offline: {
    socket: 'none',
    then: (session) => {
      session.browserOffline = true;
    },
  },
  paused: { then: (session) => session.engine?.togglePause() },
  notice: { ...SILENT, answer: noticed },
};

/** The first answer as a stage has it; as it is where there is no such stage. */
export function staged(name: string, answer: PageAnswer): PageAnswer {
  return STAGES[name]?.answer?.(answer) ?? answer;
}

/** The engine of a page on a stage. @param make gives the engine, with another socket than the real one where it is given one */
export function onStage(
  name: string,
  session: LiveSession,
  timers: Timers,
  make: (open?: (events: LinkEvents) => Link) => LiveEngine,
): { start(): () => void } {
  const { socket, then } = STAGES[name] ?? {};
  const engine = make(socket && ((events) => (socket === 'silent' ? silent(events, timers) : none(events, timers))));
  return {
    start: () => {
      const stop = engine.start();
      then?.(session);
      return stop;
    },
  };
}

function silent(events: LinkEvents, timers: Timers): Link {
  const beat = (): void => {
    events.heard();
    cancel = timers.after(BEAT_MS, beat);
  };
  let cancel = timers.after(0, () => {
    events.alive();
    beat();
  });
  return { subscribe: () => () => undefined, ask: events.heard, close: () => cancel() };
}

function none(events: LinkEvents, timers: Timers): Link {
  return { subscribe: () => () => undefined, ask: events.heard, close: timers.after(0, events.gone) };
}

const earlier = (time: string, ms: number): string => new Date(Date.parse(time) - ms).toISOString();

function withSnapshot(answer: PageAnswer, change: Partial<PageAnswer['snapshot']>): PageAnswer {
  return { ...answer, snapshot: { ...answer.snapshot, ...change } };
}

/** Prices that are so much older than they are. */
function older(answer: PageAnswer, ms: number): PageAnswer {
  const { feeds, open } = answer.snapshot;
  return withSnapshot(answer, {
    feeds: mapLoaded(feeds, (all) => all.map((feed) => ({ ...feed, lastTickAt: feed.lastTickAt && earlier(feed.lastTickAt, ms) }))),
    open: mapLoaded(open, ({ positions, ...rest }) => ({
      ...rest,
      positions: positions.map((trade) => ({ ...trade, currentPriceTime: trade.currentPriceTime && earlier(trade.currentPriceTime, ms) })),
    })),
  });
}

function withFeeds(answer: PageAnswer, state: 'STALE' | 'OFFLINE'): PageAnswer {
  return withSnapshot(answer, { feeds: mapLoaded(answer.snapshot.feeds, (all) => all.map((feed) => ({ ...feed, state }))) });
}

function withoutPositions(answer: PageAnswer): PageAnswer {
  const { performance, open } = answer.snapshot;
  return withSnapshot(answer, {
    performance: mapLoaded(performance, (all) => ({
      ...all,
      totalSignals: all.totalSignals - all.openPositions,
      openPositions: 0,
      unrealizedPnl: '0',
    })),
    open: mapLoaded(open, () => ({ positions: [] })),
  });
}

function failed({ analysis }: PageAnswer): Partial<PageAnswer> {
  return { curve: FAILED, history: FAILED, analysis: analysis && { ...analysis, days: FAILED, strategy: FAILED } };
}

function noticed(answer: PageAnswer): PageAnswer {
  const notice = 'The feed is under maintenance from 22:00 to 22:30 UTC. Positions stay watched: what is missed is fetched afterwards.';
  return { ...answer, settings: mapLoaded(answer.settings, (settings) => ({ ...settings, notice })) };
}

/** The record before its first signal. */
function empty(answer: PageAnswer): PageAnswer {
  const { snapshot, settings, choices, curve, history, analysis } = withoutPositions(answer);
  const none = { value: null, reason: 'NO_TRADES' };
  const nothing = <T>(loaded: Loaded<T[]>): Loaded<T[]> => mapLoaded(loaded, () => []);
  return {
    ...answer,
    snapshot: {
      ...snapshot,
      performance: mapLoaded(snapshot.performance, (all) => ({
        ...all,
        ...{ totalSignals: 0, closedTrades: 0, wins: 0, losses: 0, flats: 0, totalPnl: '0', currentDrawdown: '0' },
        ...{ ambiguousTrades: 0, totalPnlIfAmbiguousWon: '0' },
        ...{ winRate: none, winRateInterval: null, averageProfit: none, averageLoss: none, profitFactor: none, payoffRatio: none },
      })),
      latest: nothing(snapshot.latest),
    },
    settings: mapLoaded(settings, (all) => ({ ...all, startedAt: null })),
    choices: mapLoaded(choices, () => ({ symbol: [], strategy: [], timeframe: [], bot: [] })),
    curve: nothing(curve),
    history: mapLoaded(history, (all) => ({
      totalCount: 0,
      edges: [],
      pageInfo: { ...all.pageInfo, hasNextPage: false, hasPreviousPage: false },
    })),
    analysis,
  };
}
