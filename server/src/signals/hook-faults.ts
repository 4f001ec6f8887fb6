/**
 * Why a message to a webhook is not looked at, with the HTTP status that goes with each code. They are stable, and stand in `userErrors`
 * like what is wrong with a signal (refusals.ts), so that a sender looks in one place.
 */
export const HOOK_FAULTS = {
  BODY_NOT_READABLE: { status: 400, about: 'The message is no JSON object and no lines of key=value, in UTF-8.' },
  UNAUTHENTICATED: { status: 401, about: 'The address holds no valid token: copy it again, it is /hooks/SOURCE/TOKEN.' },
  NOT_FOUND: { status: 404, about: 'There is no such source of signals: the address is /hooks/SOURCE/TOKEN.' },
  METHOD_NOT_ALLOWED: { status: 405, about: 'Messages are sent by POST.' },
  BODY_TOO_LARGE: { status: 413, about: 'The message has too many bytes.' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, about: 'Messages are JSON, text or a form, not compressed.' },
  TOO_MANY_WRONG_TOKENS: { status: 429, about: 'Too many wrong tokens came from this address: Retry-After says when to come again.' },
  RATE_LIMITED: { status: 429, about: 'This address has used up its points for now; Retry-After says when to come again.' },
} as const satisfies Record<string, { status: number; about: string }>;

export type HookFaultCode = keyof typeof HOOK_FAULTS;
