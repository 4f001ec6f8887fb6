import { isUuid } from '../kernel/ids.ts';
import { builder } from './builder.ts';
import { cost } from './cost.ts';
import { NodeRef } from './node.schema.ts';

/** Ids are UUIDs and unique across types, so asking each table finds the one that has it. */
builder.queryField('node', (t) =>
  t.field({
    type: NodeRef,
    nullable: true,
    extensions: cost({ points: 3 }),
    description: 'Anything by its id: a bot, a signal or a trade; null where there is none.',
    args: { id: t.arg.id({ required: true, description: 'The id.' }) },
    resolve: async (_, { id }, { prisma, trades, loadSignal }) => {
      if (!isUuid(id)) return null;
      const [trade, signal, bot] = await Promise.all([trades.find(id), loadSignal(id), prisma.bot.findUnique({ where: { id } })]);
      return trade ?? signal ?? bot;
    },
  }),
);
