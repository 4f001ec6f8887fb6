/** A page asked for in the way of the Relay connection specification: `first` after a cursor, or `last` before one. */
export interface PageRequest {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
}

/** The place of a row in an order: the order's name, the value it is ordered by, as text, and its id, which makes the place unique. */
export interface Cursor {
  readonly order: string;
  readonly value: string;
  readonly id: string;
}

export interface Page<T> {
  readonly edges: readonly { readonly cursor: string; readonly node: T }[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
}

/** What a page request comes down to: a direction, a size and a place to begin behind. */
export interface Walk {
  readonly order: string;
  readonly backward: boolean;
  readonly size: number;
  readonly behind: Cursor | null;
}

/** A page request that cannot be answered; the message says what is allowed. */
export class PageRequestError extends Error {
  override readonly name = 'PageRequestError';
}

/** @throws PageRequestError for a size out of 1 to `maxSize`, a broken cursor or another order's, or both directions at once. */
export function walkOf(request: PageRequest, order: string, defaultSize: number, maxSize: number): Walk {
  const { first, after, last, before } = request;
  if ((first != null || after != null) && (last != null || before != null)) {
    throw new PageRequestError('ask for a page either with first and after or with last and before');
  }
  const backward = last != null || before != null;
  const size = (backward ? last : first) ?? defaultSize;
  if (size < 1 || size > maxSize) throw new PageRequestError(`${backward ? 'last' : 'first'} must be from 1 to ${maxSize}`);
  const [name, cursor] = backward ? (['before', before] as const) : (['after', after] as const);
  const behind = cursor == null ? null : decodeCursor(cursor);
  if (behind === undefined) throw new PageRequestError(notOurCursor(name));
  if (behind && behind.order !== order) throw new PageRequestError(`${name} is a cursor of a list in another order`);
  return { order, backward, size, behind };
}

export function encodeCursor(cursor: Cursor): string {
  return Buffer.from(JSON.stringify([cursor.order, cursor.value, cursor.id])).toString('base64url');
}

export function notOurCursor(argument: 'after' | 'before'): string {
  return `${argument} is not a cursor that this API gave out`;
}

const MAX_CURSOR_LENGTH = 512;

/** Undefined for what is no cursor. */
export function decodeCursor(text: string): Cursor | undefined {
  try {
    const parsed: unknown = text.length <= MAX_CURSOR_LENGTH ? JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) : null;
    if (Array.isArray(parsed) && parsed.length === 3 && parsed.every((part) => typeof part === 'string')) {
      const [order, value, id] = parsed as [string, string, string];
      return { order, value, id };
    }
  } catch {
    // No JSON, no cursor.
  }
  return undefined;
}

/** Turns the rows found by a walk of `size` + 1 into a page. */
export function pageOf<T>(walk: Walk, found: readonly { readonly cursor: Cursor; readonly node: T }[]): Page<T> {
  const more = found.length > walk.size;
  const rows = found.slice(0, walk.size);
  if (walk.backward) rows.reverse();
  return {
    edges: rows.map(({ cursor, node }) => ({ cursor: encodeCursor(cursor), node })),
    hasNextPage: walk.backward ? walk.behind !== null : more,
    hasPreviousPage: walk.backward ? more : walk.behind !== null,
  };
}
