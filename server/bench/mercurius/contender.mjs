// Mercurius with its compiler, as https://mercurius.dev/#/docs/subscriptions says. It needs graphql 16, hence packages of its own.
import Fastify from 'fastify';
import mercurius from 'mercurius';
import { answerAsks } from '../contender-process.ts';
import { boardOf, ticksOf } from '../rows.ts';

const schema = `
  type Tick { symbol: String! marketType: String! price: String! time: String! }
  type Position {
    symbol: String! marketType: String! price: String! time: String! id: String! direction: String! quantity: String!
    entryPrice: String! takeProfit: String! stopLoss: String! unrealizedPnl: String! unrealizedPnlPct: Float!
  }
  type Query { hello: String }
  type Subscription { ticks(set: Int): [Tick!]! board(set: Int): [Position!]! }
`;
const field = (topic, resolve) => ({ subscribe: (_, __, { pubsub }) => pubsub.subscribe(topic), resolve });
const app = Fastify();
app.register(mercurius, {
  schema,
  resolvers: { Subscription: { ticks: field('ticks', ticksOf), board: field('board', boardOf) } },
  jit: 1,
  subscription: true,
});
const address = await app.listen({ port: 0, host: '127.0.0.1' });
answerAsks((topic, payload) => app.graphql.pubsub.publish({ topic, payload }), `${address}/graphql`);
