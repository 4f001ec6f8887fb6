import { refusalStatus } from '#lib/graphql/later/refusal-status.ts';
import { shareText } from '#lib/text/later/share.ts';

const RETRY_AFTER_SECONDS = 10;

/** What who fetches a badge, a picture or the feed gets where the figures were refused with this code. */
export function refused(code: string): Response {
  const status = refusalStatus(code) === 429 ? 429 : 503;
  const words = status === 429 ? shareText.rateLimited : shareText.unreachable;
  return new Response(words, { status, headers: { 'retry-after': `${RETRY_AFTER_SECONDS}` } });
}
