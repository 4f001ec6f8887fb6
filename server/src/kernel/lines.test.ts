import { expect, test } from 'vitest';
import { nextTurn } from '../../testkit/turns.ts';
import { Lines } from './lines.ts';

test('so many at a time of each key, in their order, also after one that failed', async () => {
  const lines = new Lines(2);
  const begun: string[] = [];
  const ends = new Map<string, PromiseWithResolvers<void>>();
  const ask = (key: string, name: string) =>
    lines.wait(key, () => {
      begun.push(name);
      const end = Promise.withResolvers<void>();
      ends.set(name, end);
      return end.promise;
    });
  const asked = ['a1', 'a2', 'a3', 'a4', 'b1'].map((name) => ask(name[0]!, name));
  await nextTurn();
  expect(begun).toEqual(['a1', 'a2', 'b1']);
  ends.get('a2')?.reject(new Error('failed'));
  await expect(asked[1]).rejects.toThrow('failed');
  await nextTurn();
  expect(begun).toEqual(['a1', 'a2', 'b1', 'a3']);
  for (const name of ['a1', 'b1', 'a3']) ends.get(name)?.resolve();
  await nextTurn();
  expect(begun).toEqual(['a1', 'a2', 'b1', 'a3', 'a4']);
  ends.get('a4')?.resolve();
  await Promise.allSettled(asked);
  void ask('a', 'a5');
  expect(begun.at(-1)).toBe('a5');
});
