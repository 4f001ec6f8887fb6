import { refusalStatus } from '#lib/graphql/later/refusal-status.ts';
import { shareText } from '#lib/text/later/share.ts';

const UNREACHABLE_RETRY_SECONDS = 10;
/** Points come back within some twenty seconds, also what is owed. */
const RATE_LIMITED_RETRY_SECONDS = 30;

/** What who fetches a badge, a picture or the feed gets where the figures were refused with this code. */
export function refused(code: string): Response {
  const [status, words, seconds] =
    refusalStatus(code) === 429
      ? [429, shareText.rateLimited, RATE_LIMITED_RETRY_SECONDS]
      : [503, shareText.unreachable, UNREACHABLE_RETRY_SECONDS];
  return new Response(words, { status, headers: { 'retry-after': `${seconds}` } });
}
