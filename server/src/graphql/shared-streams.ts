import { createSourceEventStream, executeSubscriptionEvent, mapSourceToResponseEvent, validateSubscriptionArgs } from 'graphql';
import type { DocumentNode, ExecutionArgs, ExecutionResult, ValidatedSubscriptionArgs } from 'graphql';
import { Hubs } from '../subscribers/hub.ts';
import type { Hub, HubSource } from '../subscribers/hub.ts';
import { Message } from '../subscribers/message.ts';
import { MessageReader } from '../subscribers/message-reader.ts';
import { RecentMessages } from '../subscribers/recent-messages.ts';
import { Viewer } from '../subscribers/viewer.ts';
import type { Context } from './builder.ts';
import { canonicalVariables, givenValue, sharedOperation } from './shared-operation.ts';
import type { SharedOperation } from './shared-operation.ts';

export interface SharedStreamsLimits {
  /** Live events that may wait for one viewer. */
  readonly mailboxCapacity: number;
  /** How old what was told of an event may be to be told again to who comes back. */
  readonly replayMaxAgeMs: number;
}

/** Messages that a stream keeps for those who come back. */
const MAX_RECENT_MESSAGES = 1_000;
/** The engine's part of a subscription whose outlet does everything else. */
const BEGUN: ExecutionResult = {};

/** A subscription that cannot begin: the answer to everyone who asked for it. */
class Refusal extends Error {
  readonly result: ExecutionResult;

  constructor(result: ExecutionResult) {
    super('refused');
    this.result = result;
  }
}

type Variables = Readonly<Record<string, unknown>>;

/**
 * Subscriptions, executed and serialised once per distinct operation and variables, whatever the number of viewers.
 *
 * What is shared is executed with the context of somebody unknown, so that nothing of one viewer can reach another. Each event is
 * executed in a fresh context: what Pothos loads for one is kept in it and would be old for the next.
 */
export class SharedStreams {
  readonly #anonymous: () => Context;
  readonly #mask: (error: unknown) => Error;
  readonly #limits: SharedStreamsLimits;
  readonly #hubs = new Hubs();
  readonly #recent = new WeakMap<Hub, RecentMessages>();
  readonly #operations = new WeakMap<DocumentNode, Map<string, SharedOperation | undefined>>();

  constructor(anonymous: () => Context, mask: (error: unknown) => Error, limits: SharedStreamsLimits) {
    this.#anonymous = anonymous;
    this.#mask = mask;
    this.#limits = limits;
  }

  /** Real streams that run now. */
  get size(): number {
    return this.#hubs.size;
  }

  readonly subscribe = async (args: ExecutionArgs): Promise<AsyncIterable<ExecutionResult> | ExecutionResult> => {
    const operation = this.#operationOf(args);
    if (!operation) return subscribeAlone(args);
    const variables: Variables = args.variableValues ?? {};
    const hub = this.#hubOf(operation, args, variables);
    const release = hub.hold();
    try {
      await hub.ready;
      const after = givenValue(operation.after, args.document, args.operationName, variables);
      const outlet = (args.contextValue as Context).outlet ?? new MessageReader();
      const viewer = new Viewer(hub, outlet);
      const messages = outlet.open(viewer);
      if (operation.kind !== 'events') join(viewer, hub);
      else if (after == null) this.#joinNow(viewer, hub, this.#position(hub));
      else await this.#joinAfter(viewer, hub, args, after);
      return messages ? results(messages) : BEGUN;
    } catch (error) {
      if (error instanceof Refusal) return error.result;
      throw error;
    } finally {
      release();
    }
  };

  #operationOf({ schema, document, operationName }: ExecutionArgs): SharedOperation | undefined {
    let byName = this.#operations.get(document);
    if (!byName) this.#operations.set(document, (byName = new Map()));
    const name = operationName ?? '';
    if (!byName.has(name)) byName.set(name, sharedOperation(schema, document, operationName));
    return byName.get(name);
  }

  #hubOf(operation: SharedOperation, { schema, operationName }: ExecutionArgs, variables: Variables): Hub {
    const used = Object.fromEntries(operation.variables.flatMap((name) => (name in variables ? [[name, variables[name]]] : [])));
    const args: ExecutionArgs = { schema, document: operation.document, operationName, variableValues: used };
    const source: HubSource = {
      kind: operation.kind,
      capacity: this.#limits.mailboxCapacity,
      start: () => this.#stream(args, {}),
      first: async () => {
        try {
          const stream = await this.#stream(args, { tellAll: true });
          const { value } = await stream.next();
          await stream.return?.();
          return value as Message | undefined;
        } catch (error) {
          throw this.#mask(error);
        }
      },
    };
    return this.#hubs.get(`${operation.text}\n${canonicalVariables(operation.variables, used)}`, source);
  }

  /** What the viewers of a hub have heard of: storage, from which it reads when it is behind, can be ahead of what was announced. */
  #position(hub: Hub): bigint {
    const announced = this.#anonymous().recordPosition();
    const told = hub.newest?.sequence ?? 0n;
    return told > announced ? told : announced;
  }

  #joinNow(viewer: Viewer, hub: Hub, after: bigint): void {
    viewer.beginAfter(after);
    hub.add(viewer);
  }

  /**
   * A viewer that was away is told what it missed by a stream of its own, up to where the record stands; then the same from there,
   * until nothing is left. In the turn in which that is seen it joins the shared stream behind that sequence: no gap, no repeat.
   */
  async #joinAfter(viewer: Viewer, hub: Hub, args: ExecutionArgs, after: unknown): Promise<void> {
    let until = this.#position(hub);
    let stream = await this.#stream(args, { replayUntil: until }, hub);
    // Storage can be ahead of what was announced, and the viewer with it. That `after` is a sequence was checked by the stream.
    if (BigInt(String(after)) > until) return this.#joinNow(viewer, hub, BigInt(String(after)));
    const catchUp = async (): Promise<void> => {
      for (;;) {
        for await (const message of stream) {
          viewer.push(message);
          await viewer.room();
          if (viewer.closed) return;
        }
        if (viewer.closed) return;
        const replayAfter = until;
        until = this.#position(hub);
        if (until === replayAfter) return this.#joinNow(viewer, hub, until);
        stream = await this.#stream(args, { replayAfter, replayUntil: until }, hub);
      }
    };
    const release = hub.hold();
    catchUp()
      .catch((error: unknown) => viewer.end(error instanceof Error ? error : new Error(String(error))))
      .finally(release);
  }

  #recentOf(hub: Hub): RecentMessages {
    let recent = this.#recent.get(hub);
    if (!recent) this.#recent.set(hub, (recent = new RecentMessages(this.#limits.replayMaxAgeMs, MAX_RECENT_MESSAGES)));
    return recent;
  }

  /** One real stream, executed for nobody in particular; for those who come back to a hub, each event once for all of them. */
  async #stream(
    args: ExecutionArgs,
    asked: Pick<Context, 'replayAfter' | 'replayUntil' | 'tellAll'>,
    hub?: Hub,
  ): Promise<AsyncIterableIterator<Message>> {
    const recent = hub && this.#recentOf(hub);
    const freshContext = (): Context => ({ ...this.#anonymous(), ...asked });
    const validated = validateSubscriptionArgs({ ...args, rootValue: undefined, contextValue: freshContext() });
    if (!('schema' in validated)) throw new Refusal({ errors: validated });
    const source = await createSourceEventStream(validated);
    if (!(Symbol.asyncIterator in source)) throw new Refusal(this.#masked(source));
    const events = source[Symbol.asyncIterator]();
    const messages: AsyncIterableIterator<Message> = {
      next: async () => {
        try {
          const { value: event, done } = await events.next();
          if (done) return { value: undefined, done };
          const sequence = sequenceOf(event);
          const contextValue = freshContext();
          const known = recent && sequence !== undefined ? recent.get(sequence, contextValue.clock.monotonicMs()) : undefined;
          if (known) return { value: known, done: false };
          const result = await executeSubscriptionEvent({ ...validated, rootValue: event, contextValue });
          const message = new Message(JSON.stringify(this.#masked(result)), sequence);
          recent?.add(message, contextValue.clock.monotonicMs());
          return { value: message, done: false };
        } catch (error) {
          await events.return?.();
          throw this.#mask(error);
        }
      },
      return: async () => {
        await events.return?.();
        return { value: undefined, done: true };
      },
      [Symbol.asyncIterator]: () => messages,
    };
    return messages;
  }

  #masked({ errors, ...rest }: ExecutionResult): ExecutionResult {
    return { ...rest, ...(errors && { errors: errors.map((error) => this.#mask(error) as typeof error) }) };
  }
}

function sequenceOf(event: unknown): bigint | undefined {
  const { sequence } = event as { sequence?: unknown };
  return typeof sequence === 'bigint' ? sequence : undefined;
}

/** The value of the moment first, where the stream runs already; the one who starts it gets it from the stream itself. */
function join(viewer: Viewer, hub: Hub): void {
  if (hub.kind === 'state' && hub.newest) viewer.push(hub.newest);
  hub.add(viewer);
  if (hub.kind === 'moves' && hub.newest) viewer.miss();
}

/** As a transport reads them; each says itself how it is written. */
function results(messages: AsyncIterableIterator<Message>): AsyncIterableIterator<ExecutionResult> {
  return {
    async next() {
      const { value, done } = await messages.next();
      if (done) return { value: undefined, done };
      const { json } = value;
      return { value: { stringify: () => json } as ExecutionResult, done: false };
    },
    async return() {
      await messages.return?.();
      return { value: undefined, done: true };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/** What depends on the viewer, with a fresh context for each event too. */
async function subscribeAlone(args: ExecutionArgs): Promise<AsyncIterable<ExecutionResult> | ExecutionResult> {
  const validated = validateSubscriptionArgs(args);
  if (!('schema' in validated)) return { errors: validated };
  const source = await createSourceEventStream(validated);
  if (!(Symbol.asyncIterator in source)) return source;
  const execute = (event: ValidatedSubscriptionArgs) =>
    executeSubscriptionEvent({ ...event, contextValue: { ...(event.contextValue as object) } });
  return mapSourceToResponseEvent(validated, source, execute);
}
