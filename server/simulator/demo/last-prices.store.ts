import type { PrismaClient } from '../../src/generated/prisma/client.ts';

/**
 * The newest recorded price of each symbol that was watched, whichever of its markets it was on: prices go on from there after a restart,
 * so that open trades do not close at a leap.
 */
export async function lastPrices(prisma: PrismaClient): Promise<ReadonlyMap<string, string>> {
  const cursors = await prisma.symbolCursor.findMany({ orderBy: { lastTime: 'asc' } });
  return new Map(cursors.map(({ symbol, lastPrice }) => [symbol, lastPrice.toFixed()]));
}
