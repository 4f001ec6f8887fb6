import { GraphQLFloat, GraphQLInt, GraphQLList, GraphQLNonNull, GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql';
import type { GraphQLFieldConfig, GraphQLScalarType } from 'graphql';
import { boardOf, ticksOf } from './rows.ts';
import type { Shape } from './rows.ts';

/** Numbers of updates as they are published. */
export type Source = (shape: Shape) => AsyncIterable<number>;

const required = (type: GraphQLScalarType) => ({ type: new GraphQLNonNull(type) });

const TICK = {
  symbol: required(GraphQLString),
  marketType: required(GraphQLString),
  price: required(GraphQLString),
  time: required(GraphQLString),
};
const texts = ['id', 'direction', 'quantity', 'entryPrice', 'takeProfit', 'stopLoss', 'unrealizedPnl'];
const tickType = new GraphQLObjectType({ name: 'Tick', fields: TICK });
const positionType = new GraphQLObjectType({
  name: 'Position',
  fields: {
    ...TICK,
    ...Object.fromEntries(texts.map((name) => [name, required(GraphQLString)])),
    unrealizedPnlPct: required(GraphQLFloat),
  },
});

/** `set` changes nothing but the variables: subscriptions with another one are another operation. */
export function benchSchema(source: Source): GraphQLSchema {
  const field = (shape: Shape, type: GraphQLObjectType, resolve: (number: number) => object): GraphQLFieldConfig<number, unknown> => ({
    type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(type))),
    args: { set: { type: GraphQLInt } },
    extensions: { stream: 'events' },
    subscribe: () => source(shape),
    resolve,
  });
  return new GraphQLSchema({
    query: new GraphQLObjectType({ name: 'Query', fields: { hello: { type: GraphQLString } } }),
    subscription: new GraphQLObjectType<number>({
      name: 'Subscription',
      fields: { ticks: field('ticks', tickType, ticksOf), board: field('board', positionType, boardOf) },
    }),
  });
}
