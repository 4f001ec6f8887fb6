// One way to tell many subscribers the same: `ours`, `yoga` (its documented recipe) or `ws` (the limit).
import { createServer } from 'node:http';
import { createPubSub, createYoga } from 'graphql-yoga';
import type { ExecutionArgs } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import type { Context } from '../src/graphql/builder.ts';
import { sharedStreams } from '../src/graphql/shared-streams.plugin.ts';
import { SharedStreams } from '../src/graphql/shared-streams.ts';
import { configFrom } from '../src/process/environment.ts';
import { systemClock } from '../src/process/system-clock.ts';
import { Mailbox } from '../src/subscribers/mailbox.ts';
import { SocketWriters } from '../src/subscribers/socket-writers.ts';
import { silentLog } from '../testkit/silent-log.ts';
import { SubscriptionSockets } from '../src/subscribers/websocket.feed.ts';
import { answerAsks, urlOf } from './contender-process.ts';
import type { Publish } from './contender-process.ts';
import { boardOf, ticksOf } from './rows.ts';
import { benchSchema } from './schema.ts';
import type { Source } from './schema.ts';

const LIMITS = configFrom({}).limits;
const server = createServer((_, response) => response.writeHead(404).end());

function ours(): Publish {
  const listeners = { ticks: new Set<Mailbox<number>>(), board: new Set<Mailbox<number>>() };
  const source: Source = (shape) => {
    const mailbox: Mailbox<number> = new Mailbox<number>(1_000, () => listeners[shape].delete(mailbox));
    listeners[shape].add(mailbox);
    return mailbox;
  };
  const anonymous = (): Context => ({ clock: systemClock, recordPosition: () => 0n }) as unknown as Context;
  const limits = { mailboxCapacity: 256, replayMaxAgeMs: 0 };
  const streams = new SharedStreams(anonymous, (error) => error as Error, limits);
  const engine = createYoga({ schema: benchSchema(source), plugins: [sharedStreams(streams)], logging: false });
  const writers = new SocketWriters(systemClock, setImmediate, LIMITS.sockets);
  const sockets = new SubscriptionSockets({
    engine,
    writers,
    limits: LIMITS.sockets,
    clock: systemClock,
    log: silentLog,
    admit: () => Promise.resolve(true),
    callerOf: () => ({}),
  });
  void writers.start();
  void sockets.start();
  server.on('upgrade', sockets.upgrade);
  return (shape, number) => {
    for (const mailbox of listeners[shape]) mailbox.push(number);
  };
}

/** https://the-guild.dev/graphql/yoga-server/docs/features/subscriptions, "GraphQL over WebSocket Protocol via graphql-ws" and "PubSub". */
function yoga(): Publish {
  const pubSub = createPubSub<{ ticks: [number]; board: [number] }>();
  const engine = createYoga({
    schema: benchSchema((shape) => pubSub.subscribe(shape)),
    graphiql: { subscriptionsProtocol: 'WS' },
    logging: false,
  });
  type Enveloped = ReturnType<typeof engine.getEnveloped>;
  useServer(
    {
      execute: (args) => (args.rootValue as Enveloped).execute(args),
      subscribe: (args) => (args.rootValue as Enveloped).subscribe(args),
      onSubscribe: async (context, _id, params) => {
        const { schema, execute, subscribe, contextFactory, parse, validate } = engine.getEnveloped({
          ...context,
          req: context.extra.request,
          socket: context.extra.socket,
          params,
        });
        const args = {
          schema,
          operationName: params.operationName,
          document: parse(params.query),
          variableValues: params.variables,
          contextValue: await contextFactory(),
          rootValue: { execute, subscribe },
        } as ExecutionArgs;
        const errors = validate(args.schema, args.document);
        return errors.length > 0 ? [...errors] : args;
      },
    },
    new WebSocketServer({ server, path: '/graphql' }),
  );
  return (shape, number) => pubSub.publish(shape, number);
}

/** The limit: one buffer, made once, sent to everyone who said anything. */
function ws(): Publish {
  const sockets = new WebSocketServer({
    server,
    path: '/graphql',
    perMessageDeflate: false,
    handleProtocols: () => 'graphql-transport-ws',
  });
  sockets.on('connection', (socket) => socket.once('message', () => socket.send('{"type":"connection_ack"}')));
  return (shape, number) => {
    const data = shape === 'ticks' ? { ticks: ticksOf(number) } : { board: boardOf(number) };
    const frame = Buffer.from(JSON.stringify({ id: 's', type: 'next', payload: { data } }));
    for (const socket of sockets.clients) socket.send(frame, { binary: false });
  };
}

const publish = { ours, yoga, ws }[process.argv[2] as 'ours' | 'yoga' | 'ws']();
answerAsks(publish, await urlOf(server));
