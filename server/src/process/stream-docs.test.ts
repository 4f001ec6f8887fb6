import { expect, test } from 'vitest';
import { missingTests, page, tableUnder } from '../../testkit/doc-tables.ts';
import { schema } from '../graphql/schema.ts';
import { STREAM_KINDS } from '../subscribers/viewer.ts';
import { TOO_MUCH } from '../subscribers/subscriber-socket.feed.ts';
import { SERVICE_RESTART } from '../subscribers/websocket.feed.ts';
import { LIMITS, variableOf } from './limits.ts';

const text = page('STREAM.md');

test('STREAM.md lists every subscription with its kind', () => {
  const fields = Object.values(schema.getSubscriptionType()!.getFields());
  const [, ...rows] = tableUnder(text, '## What is told');
  expect(Object.fromEntries(rows)).toEqual(Object.fromEntries(fields.map(({ name, extensions }) => [name, extensions['stream']])));
  for (const kind of STREAM_KINDS) expect(text).toMatch(new RegExp(`\\n\\| ${kind} +\\| .*\\.test\\.ts`));
});

test('STREAM.md gives limits as they are', () => {
  const standards = Object.entries(LIMITS).flatMap(([part, settings]) =>
    Object.entries(settings).map(([name, { standard }]) => [variableOf(part, name), standard] as const),
  );
  const [, ...rows] = tableUnder(text, '## Limits');
  expect(rows.length).toBeGreaterThan(10);
  for (const [name, standard] of rows) expect([name, Object.fromEntries(standards)[name!]]).toEqual([name, standard]);
  for (const [, name = ''] of text.matchAll(/`([A-Z]+_[A-Z_]+_[A-Z]+)`/g)) {
    if (name !== 'SEQUENCE_NOT_REACHED' && name !== 'SUBSCRIBER_TOO_SLOW') expect(rows.map(([setting]) => setting)).toContain(name);
  }
});

test('STREAM.md lists the close codes that are not the protocol’s', () => {
  const [, ...rows] = tableUnder(text, '## Close codes');
  expect(rows.map(([code]) => Number(code))).toEqual([SERVICE_RESTART, TOO_MUCH]);
});

test('STREAM.md names tests that are there', () => {
  const { named, missing } = missingTests(text);
  expect(missing).toEqual([]);
  expect(named).toBeGreaterThan(12);
});
