/** A panel's data, or why it is missing: one panel that fails leaves the others alone. */
export type Loaded<T> = { ok: true; data: T } | { ok: false; code: string };

/** No answer, or none in time. */
export const UNREACHABLE = 'UNREACHABLE';

/** The API’s code where an address has used up its points. */
export const RATE_LIMITED = 'RATE_LIMITED';

/** Applies a function to the data, if there is any. */
export function mapLoaded<T, U>(loaded: Loaded<T>, change: (data: T) => U): Loaded<U> {
  return loaded.ok ? { ok: true, data: change(loaded.data) } : loaded;
}

/** What a page has where the code that asks could not be fetched. */
export const unanswered = { ok: false, code: UNREACHABLE } as const;
