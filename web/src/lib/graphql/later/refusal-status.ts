import { RATE_LIMITED, UNREACHABLE } from '../loaded.ts';

/** The HTTP status of a page whose data were refused with this code. */
export function refusalStatus(code: string): 429 | 500 | 503 {
  if (code === RATE_LIMITED) return 429;
  return code === UNREACHABLE ? 503 : 500;
}
