import SchemaBuilder from '@pothos/core';
import PrismaPlugin from '@pothos/plugin-prisma';
import { getDatamodel } from '../generated/pothos.ts';
import type PrismaTypes from '../generated/pothos.ts';
import type { PrismaClient } from '../generated/prisma/client.ts';
import type { Decimal } from '../kernel/decimal.ts';
import type { Outlet } from '../subscribers/viewer.ts';

/**
 * What resolvers can reach. Each schema file adds what it needs by declaration merging, so that it says itself on which
 * use cases it stands; process/ provides them all.
 */
export interface Context {
  readonly prisma: PrismaClient;
  /** Where the messages of a shared subscription go, on a transport that takes them itself. */
  readonly outlet?: Outlet | undefined;
}

/** Prisma's own Decimal or ours: both print plain digits by toFixed. */
type AnyDecimal = Pick<Decimal, 'toFixed'>;

export const builder = new SchemaBuilder<{
  PrismaTypes: PrismaTypes;
  Context: Context;
  DefaultFieldNullability: false;
  Scalars: {
    ID: { Input: string; Output: string };
    Decimal: { Input: string; Output: AnyDecimal | string };
    DateTime: { Input: Date; Output: Date };
  };
}>({
  plugins: [PrismaPlugin],
  defaultFieldNullability: false,
  prisma: { client: (context) => context.prisma, dmmf: getDatamodel() },
});

builder.queryType({ description: 'Everything is public: no token is needed to read.' });
builder.mutationType({ description: 'Only a bot’s token may write, and only that bot’s signals. No mutation changes a trade.' });
builder.subscriptionType({
  description: 'Pushed over WebSocket (the graphql-transport-ws protocol) or server-sent events, on the same address as queries.',
});
