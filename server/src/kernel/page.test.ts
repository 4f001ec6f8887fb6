import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeCursor, encodeCursor, pageOf, PageRequestError, walkOf } from './page.ts';
import type { PageRequest } from './page.ts';

const ORDER = 'ENTRY_TIME DESC';
const cursor = { order: ORDER, value: '2026-01-01 00:00:00+00', id: 'id' };
const encoded = encodeCursor(cursor);

describe('walkOf', () => {
  test.for<[PageRequest, ReturnType<typeof walkOf>]>([
    [{}, { order: ORDER, backward: false, size: 50, behind: null }],
    [
      { first: null, after: null, last: null, before: null },
      { order: ORDER, backward: false, size: 50, behind: null },
    ],
    [{ first: 1 }, { order: ORDER, backward: false, size: 1, behind: null }],
    [
      { first: 100, after: encoded },
      { order: ORDER, backward: false, size: 100, behind: cursor },
    ],
    [{ after: encoded }, { order: ORDER, backward: false, size: 50, behind: cursor }],
    [{ last: 7 }, { order: ORDER, backward: true, size: 7, behind: null }],
    [{ before: encoded }, { order: ORDER, backward: true, size: 50, behind: cursor }],
    [
      { last: 100, before: encoded },
      { order: ORDER, backward: true, size: 100, behind: cursor },
    ],
  ])('%j', ([request, walk]) => {
    expect(walkOf(request, ORDER, 50, 100)).toEqual(walk);
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
    expect(() => walkOf(request, ORDER, 50, 100)).toThrow(PageRequestError);
  });
});

test('a cursor of another order is refused', () => {
  for (const order of ['ENTRY_TIME ASC', 'SYMBOL DESC', '']) {
    expect(() => walkOf({ after: encoded }, order, 50, 100)).toThrow(PageRequestError);
    expect(() => walkOf({ before: encoded }, order, 50, 100)).toThrow(PageRequestError);
  }
});

describe('cursors', () => {
  test('come back as they were', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), fc.uuid(), (value, id) => {
        const order = ORDER;
        expect(decodeCursor(encodeCursor({ order, value, id }))).toEqual({ order, value, id });
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
    forged(['value', 'id']),
    forged([ORDER, 'value', 'id', 'more']),
    forged([ORDER, 'value', 1]),
    forged([ORDER, null, 'id']),
    forged([ORDER, ['value'], 'id']),
    forged({ 0: ORDER, 1: 'value', 2: 'id', length: 3 }),
    encodeCursor({ order: ORDER, value: 'v'.repeat(400), id: 'id' }),
    'A'.repeat(1_000_000),
  ])('%#: a forged one is refused', (text) => {
    expect(() => walkOf({ after: text }, ORDER, 50, 100)).toThrow('after is not a cursor that this API gave out');
  });
});

describe('pageOf', () => {
  const row = (n: number) => ({ node: n, cursor: { order: ORDER, value: String(n), id: `id${n}` } });
  const behind = { order: ORDER, value: '0', id: 'id0' };
  const flags = ({ edges, ...rest }: ReturnType<typeof pageOf<number>>) => ({ nodes: edges.map(({ node }) => node), ...rest });

  test('forward: one row more than asked for tells of a next page and is left out', () => {
    const first = pageOf({ order: ORDER, backward: false, size: 2, behind: null }, [row(1), row(2), row(3)]);
    expect(flags(first)).toEqual({ nodes: [1, 2], hasNextPage: true, hasPreviousPage: false });
    expect(first.edges.map((edge) => decodeCursor(edge.cursor)?.id)).toEqual(['id1', 'id2']);
    const last = pageOf({ order: ORDER, backward: false, size: 2, behind }, [row(1), row(2)]);
    expect(flags(last)).toEqual({ nodes: [1, 2], hasNextPage: false, hasPreviousPage: true });
  });

  test('backward: rows come found from the end and are turned around', () => {
    const last = pageOf({ order: ORDER, backward: true, size: 2, behind: null }, [row(9), row(8), row(7)]);
    expect(flags(last)).toEqual({ nodes: [8, 9], hasNextPage: false, hasPreviousPage: true });
    const first = pageOf({ order: ORDER, backward: true, size: 2, behind }, [row(2), row(1)]);
    expect(flags(first)).toEqual({ nodes: [1, 2], hasNextPage: true, hasPreviousPage: false });
  });

  test('an empty page', () => {
    expect(flags(pageOf<number>({ order: ORDER, backward: false, size: 2, behind: null }, []))).toEqual({
      nodes: [],
      hasNextPage: false,
      hasPreviousPage: false,
    });
  });
});
