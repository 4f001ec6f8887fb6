import { parse } from 'graphql';
import { expect, test } from 'vitest';
import { STREAMS } from '../../live/later/streams.ts';
import { PageQuery, PartQueries } from './page-query.ts';
import { ComparisonQuery } from '../../../routes/bot-performance/compare/comparison.ts';
import { LeaderboardQuery } from '../../../routes/bot-performance/leaderboard/board.ts';
import { StatusQuery } from '../../../routes/status/health.ts';
import { ReceiptQuery } from '../../../routes/trades/[id]/receipt.ts';
import { graphql, printDocument } from './tada.ts';

test('a document is sent with each of its fragments once', () => {
  const a = graphql('fragment A on Trade { id }');
  const b = graphql('fragment B on Trade { ...A symbol }', [a]);
  const text = printDocument(graphql('query Q { trade(id: "1") { ...A ...B } }', [a, b]));
  expect(text).toBe('query Q { trade(id: "1") { ...A ...B } }fragment A on Trade { id }fragment B on Trade { ...A symbol }');
  expect(parse(text).definitions).toHaveLength(3);
});

test('every document of the page can be parsed and has a name', () => {
  const all = [
    PageQuery,
    ...Object.values(PartQueries),
    ...Object.values(STREAMS),
    ReceiptQuery,
    ComparisonQuery,
    LeaderboardQuery,
    StatusQuery,
  ];
  expect(all.length).toBeGreaterThan(10);
  for (const document of all) {
    for (const definition of parse(printDocument(document)).definitions) {
      expect(definition.kind).toMatch(/^(OperationDefinition|FragmentDefinition)$/);
      expect('name' in definition && definition.name?.value).toBeTruthy();
    }
  }
});
