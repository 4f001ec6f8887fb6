import { builder } from '../graphql/builder.ts';
import { cost } from '../graphql/cost.ts';
import { badInput, requireRange } from '../graphql/errors.ts';
import { EventStream, pick } from '../subscribers/event-stream.ts';
import type { EventSource, EventStreamLimits } from '../subscribers/event-stream.ts';
import { TradeFilterInput } from '../trades/trade-filter.schema.ts';
import { matchesFilter } from '../trades/trade-filter.ts';
import type { TradeRow } from '../trades/rows.ts';
import { SignalRef, TradeRef } from '../trades/trades.schema.ts';
import { parseSequence } from './event.ts';
import type { RecordEvent } from './event.ts';

/** The record as readers see it: stored events, and new ones as they are announced. */
export interface RecordSourceForReaders extends EventSource<RecordEvent> {
  head(): Promise<bigint>;
}

declare module '../graphql/builder.ts' {
  interface Context {
    readonly record: RecordSourceForReaders;
    readonly eventLimits: EventStreamLimits;
    /** A stream of events that only tells what was missed: it begins after the first, where it is given, and ends with the second. */
    readonly replayAfter?: bigint;
    readonly replayUntil?: bigint;
  }
}

const EventRef = builder.interfaceRef<RecordEvent>('TrackRecordEvent');
EventRef.implement({
  description: 'One entry of the public, append-only stream of everything that happened, in order, without holes.',
  fields: (t) => ({
    sequence: t.string({ description: 'Its place: 1, 2, 3, … without holes.', resolve: ({ sequence }) => sequence.toString() }),
    time: t.expose('time', { type: 'DateTime', description: 'When it was recorded, by the server’s clock.' }),
  }),
  resolveType: ({ kind }) => kind,
});

function signalEvent(kind: 'SignalReceived' | 'SignalStatusChanged', description: string) {
  const ref = builder.objectRef<RecordEvent>(kind);
  ref.implement({
    description,
    interfaces: [EventRef],
    fields: (t) => ({ signal: t.field({ type: SignalRef, description: 'The signal, as it is now.', resolve: ({ signal }) => signal }) }),
  });
  return ref;
}

function tradeEvent(kind: 'TradeOpened' | 'TradeClosed', description: string) {
  const ref = builder.objectRef<RecordEvent>(kind);
  ref.implement({
    description,
    interfaces: [EventRef],
    fields: (t) => ({
      trade: t.field({ type: TradeRef, description: 'The trade, as it is now.', resolve: ({ trade }) => trade as TradeRow }),
    }),
  });
  return ref;
}

signalEvent('SignalReceived', 'A signal was accepted.');
signalEvent('SignalStatusChanged', 'A pending signal was activated or cancelled. A signal’s move to CLOSED is told by its TradeClosed.');
const TradeOpenedRef = tradeEvent('TradeOpened', 'A paper trade was opened for a signal.');
const TradeClosedRef = tradeEvent('TradeClosed', 'A paper trade was closed.');

type Context = typeof builder.$inferSchemaTypes.Context;

/** The stream after `after`, which must be a sequence that the record has reached: one from the future belongs to another record. */
async function streamAfter(after: string | null | undefined, context: Context): Promise<EventStream<RecordEvent>> {
  const { record, eventLimits, replayAfter, replayUntil } = context;
  if (after == null) return new EventStream(record, undefined, eventLimits);
  return new EventStream(record, replayAfter ?? (await requireReached(after, record)), eventLimits, replayUntil);
}

async function requireReached(after: string, record: RecordSourceForReaders): Promise<bigint> {
  const sequence = parseSequence(after);
  if (sequence === undefined) throw badInput('after must be a sequence: digits only');
  if (sequence > record.position && sequence > (await record.head())) {
    throw badInput(`after: this record has not reached sequence ${sequence}; read a snapshot and begin anew`, 'SEQUENCE_NOT_REACHED');
  }
  return sequence;
}

const AFTER = 'Sequence of the last event already known: first those stored since are told, then live ones. Without it, live ones only.';
const FILTER = { type: TradeFilterInput, description: 'Only events of trades that match as they are when the event is told.' } as const;

builder.queryFields((t) => ({
  events: t.field({
    type: [EventRef],
    extensions: cost({ points: 5, rows: { argument: 'first', most: 100 } }),
    description: 'The track record itself, from the beginning or after a sequence.',
    args: {
      after: t.arg.string({ description: 'Sequence behind which to begin; the beginning without one.' }),
      first: t.arg.int({ defaultValue: 100, description: 'How many at most, 1 to 100.' }),
    },
    resolve: async (_, { after, first }, { record }) =>
      record.readAfter(after == null ? 0n : await requireReached(after, record), requireRange('first', first ?? 100, 1, 100)),
  }),
}));

builder.subscriptionFields((t) => ({
  events: t.field({
    type: EventRef,
    extensions: { stream: 'events' },
    description:
      'Every event of the track record; with after, first replays those stored since that sequence, then goes on live, with no gap and no repeat.',
    args: { after: t.arg.string({ description: AFTER }) },
    subscribe: (_, { after }, context) => streamAfter(after, context),
    resolve: (event: RecordEvent) => event,
  }),
  tradeOpened: t.field({
    type: TradeOpenedRef,
    extensions: { stream: 'events' },
    description:
      'Every opened trade; with after, first replays those stored since that sequence, then goes on live, with no gap and no repeat.',
    args: { after: t.arg.string({ description: AFTER }), filter: t.arg(FILTER) },
    subscribe: async (_, { after, filter }, context) =>
      pick(await streamAfter(after, context), (event) =>
        event.kind === 'TradeOpened' && matchesFilter(event.trade, filter) ? event : undefined,
      ),
    resolve: (event: RecordEvent) => event,
  }),
  tradeClosed: t.field({
    type: TradeClosedRef,
    extensions: { stream: 'events' },
    description:
      'Every closed trade; with after, first replays those stored since that sequence, then goes on live, with no gap and no repeat.',
    args: { after: t.arg.string({ description: AFTER }), filter: t.arg(FILTER) },
    subscribe: async (_, { after, filter }, context) =>
      pick(await streamAfter(after, context), (event) =>
        event.kind === 'TradeClosed' && matchesFilter(event.trade, filter) ? event : undefined,
      ),
    resolve: (event: RecordEvent) => event,
  }),
}));
