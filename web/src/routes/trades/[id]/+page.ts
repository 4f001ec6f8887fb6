import { error } from '@sveltejs/kit';
import { refusalStatus } from '#lib/graphql/later/refusal-status.ts';
import { receiptText } from '#lib/text/later/receipt.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, params }) => {
  // Fetched when it is needed: the overview prepares the way here, and needs none of it.
  const { askReceipt } = await import('./receipt.ts');
  const receipt = await askReceipt(fetch, params.id);
  if (!receipt.ok) error(refusalStatus(receipt.code), receipt.code);
  if (!receipt.data.trade) error(404, receiptText.notFound);
  return { trade: receipt.data.trade, simulated: receipt.data.marketFeeds.some(({ simulated }) => simulated) };
};
