import { error } from '@sveltejs/kit';
import { createGraphql, UNREACHABLE } from '#lib/graphql/client.ts';
import { text } from '#lib/text.ts';
import { ReceiptQuery } from './receipt.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, params }) => {
  const receipt = await createGraphql(fetch).query(ReceiptQuery, { id: params.id });
  if (!receipt.ok) error(receipt.code === UNREACHABLE ? 503 : 500, receipt.code);
  if (!receipt.data.trade) error(404, text.receipt.notFound);
  return { trade: receipt.data.trade, simulated: receipt.data.marketFeeds.some(({ simulated }) => simulated) };
};
