import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeCursor, encodeCursor, pageOf, PageRequestError, walkOf } from './page.ts';
import type { PageRequest } from './page.ts';

const cursor = { value: '2026-01-01 00:00:00+00', id: 'id' };
const encoded = encodeCursor(cursor);

describe('walkOf', () => {
  test.for<[PageRequest, ReturnType<typeof walkOf>]>([
    [{}, { backward: false, size: 50, behind: null }],
    [
      { first: null, after: null, last: null, before: null },
      { backward: false, size: 50, behind: null },
    ],
    [{ first: 1 }, { backward: false, size: 1, behind: null }],
    [
      { first: 100, after: encoded },
      { backward: false, size: 100, behind: cursor },
    ],
    [{ after: encoded }, { backward: false, size: 50, behind: cursor }],
    [{ last: 7 }, { backward: true, size: 7, behind: null }],
    [{ before: encoded }, { backward: true, size: 50, behind: cursor }],
    [
      { last: 100, before: encoded },
      { backward: true, size: 100, behind: cursor },
    ],
  ])('%j', ([request, walk]) => {
    expect(walkOf(request, 50, 100)).toEqual(walk);
  });

  test.for<PageRequest>([
    { first: 0 },
    { first: -1 },
    { first: 101 },
    { first: 2_147_483_647 },
    { last: 0 },
    { last: 101 },
    { first: 10, last: 10 },
    { first: 10, before: encoded },
    { last: 10, after: encoded },
    { after: encoded, before: encoded },
    { first: 0, after: encoded },
  ])('%j is refused', (request) => {
    expect(() => walkOf(request, 50, 100)).toThrow(PageRequestError);
  });
});

describe('cursors', () => {
  test('come back as they were', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), fc.uuid(), (value, id) => {
        expect(decodeCursor(encodeCursor({ value, id }))).toEqual({ value, id });
      }),
    );
  });

  const forged = (content: unknown) => Buffer.from(JSON.stringify(content)).toString('base64url');
  test.for([
    '',
    'x',
    '🙂',
    'null',
    '{}',
    forged(null),
    forged({}),
    forged([]),
    forged(['value']),
    forged(['value', 'id', 'more']),
    forged(['value', 1]),
    forged([null, 'id']),
    forged([['value'], 'id']),
    forged({ value: 'value', id: 'id', length: 2 }),
    encodeCursor({ value: 'v'.repeat(400), id: 'id' }),
    'A'.repeat(1_000_000),
  ])('%#: a forged one is refused', (text) => {
    expect(() => decodeCursor(text)).toThrow(PageRequestError);
  });
});

describe('pageOf', () => {
  const row = (n: number) => ({ node: n, cursor: { value: String(n), id: `id${n}` } });
  const behind = { value: '0', id: 'id0' };
  const flags = ({ edges, ...rest }: ReturnType<typeof pageOf<number>>) => ({ nodes: edges.map(({ node }) => node), ...rest });

  test('forward: one row more than asked for tells of a next page and is left out', () => {
    const first = pageOf({ backward: false, size: 2, behind: null }, [row(1), row(2), row(3)]);
    expect(flags(first)).toEqual({ nodes: [1, 2], hasNextPage: true, hasPreviousPage: false });
    expect(first.edges.map((edge) => decodeCursor(edge.cursor).id)).toEqual(['id1', 'id2']);
    const last = pageOf({ backward: false, size: 2, behind }, [row(1), row(2)]);
    expect(flags(last)).toEqual({ nodes: [1, 2], hasNextPage: false, hasPreviousPage: true });
  });

  test('backward: rows come found from the end and are turned around', () => {
    const last = pageOf({ backward: true, size: 2, behind: null }, [row(9), row(8), row(7)]);
    expect(flags(last)).toEqual({ nodes: [8, 9], hasNextPage: false, hasPreviousPage: true });
    const first = pageOf({ backward: true, size: 2, behind }, [row(2), row(1)]);
    expect(flags(first)).toEqual({ nodes: [1, 2], hasNextPage: true, hasPreviousPage: false });
  });

  test('an empty page', () => {
    expect(flags(pageOf<number>({ backward: false, size: 2, behind: null }, []))).toEqual({
      nodes: [],
      hasNextPage: false,
      hasPreviousPage: false,
    });
  });
});
