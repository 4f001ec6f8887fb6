import type { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import * as ws from 'ws';
import { Message, textFrame } from './message.ts';

/** Exported by ws, but not by its types. */
const { Receiver } = ws as unknown as { Receiver: new (options: { isServer: boolean }) => Writable };

/** What a WebSocket reads of a frame. */
function read(frame: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const receiver = new Receiver({ isServer: false });
    receiver.on('message', (data: Buffer, isBinary: boolean) => (isBinary ? reject(new Error('binary')) : resolve(String(data))));
    receiver.on('error', reject);
    receiver.write(frame);
  });
}

test.each([0, 1, 125, 126, 127, 65_535, 65_536, 300_000])('a frame of %i bytes is read as it was written', async (length) => {
  const text = 'x'.repeat(length);
  expect(await read(textFrame(Buffer.from(text)))).toBe(text);
});

test('lengths are of bytes, not of characters', async () => {
  const text = '✓ü'.repeat(40);
  expect(await read(textFrame(Buffer.from(text)))).toBe(text);
});

test('the parts of a text make one', async () => {
  expect(await read(textFrame(...['{"✓":', '"ü', '"}'].map((part) => Buffer.from(part))))).toBe('{"✓":"ü"}');
});

test('operations with the same id get the very same bytes, others their own id', async () => {
  const message = new Message('{"data":{"n":1}}', 7n);
  expect(message.frame('a')).toBe(message.frame('a'));
  expect(JSON.parse(await read(message.frame('a')))).toEqual({ id: 'a', type: 'next', payload: { data: { n: 1 } } });
  for (const id of ['b', '"', '✓', ...Array.from({ length: 40 }, (_, index) => `id${index}`)])
    expect(JSON.parse(await read(message.frame(id)))).toMatchObject({ id });
});
