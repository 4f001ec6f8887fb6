/** What a token may do. A token in a webhook's address lies about in other people's systems: it had better be able to create only. */
export const SCOPES = {
  'signals:create': 'create signals, also on trial',
  'signals:change': 'activate and cancel pending signals',
} as const;

export type Scope = keyof typeof SCOPES;
export const ALL_SCOPES = Object.keys(SCOPES) as readonly Scope[];

export function isScope(text: string): text is Scope {
  return Object.hasOwn(SCOPES, text);
}

/** The bot that a request comes from, and what the token that came with it may do. */
export interface Sender {
  readonly id: string;
  readonly slug: string;
  readonly tokenId: string;
  readonly scopes: readonly Scope[];
}
