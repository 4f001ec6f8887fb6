import type { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import * as ws from 'ws';
import { Message, textFrame } from './message.ts';
import type { Frame } from './message.ts';

/** Exported by ws, but not by its types. */
const { Receiver } = ws as unknown as { Receiver: new (options: { isServer: boolean }) => Writable };

const NOTHING = Buffer.alloc(0);

/** What a WebSocket reads of a frame. */
function read(frame: Frame): Promise<string> {
  return new Promise((resolve, reject) => {
    const receiver = new Receiver({ isServer: false });
    receiver.on('message', (data: Buffer, isBinary: boolean) => (isBinary ? reject(new Error('binary')) : resolve(String(data))));
    receiver.on('error', reject);
    receiver.write(Buffer.concat(frame));
  });
}

test.each([0, 1, 125, 126, 127, 65_535, 65_536, 300_000])('a frame of %i bytes is read as it was written', async (length) => {
  const text = 'x'.repeat(length);
  expect(await read(textFrame(NOTHING, Buffer.from(text), NOTHING))).toBe(text);
});

test('lengths are of bytes, not of characters', async () => {
  const text = '✓ü'.repeat(40);
  expect(await read(textFrame(NOTHING, Buffer.from(text), NOTHING))).toBe(text);
});

test('the parts of a text make one', async () => {
  expect(await read(textFrame(Buffer.from('{"✓":'), Buffer.from('"ü'), Buffer.from('"}')))).toBe('{"✓":"ü"}');
});

test('what is long is there once, for all ids and both formats', async () => {
  const data = { text: '✓'.repeat(50_000) };
  const message = new Message(JSON.stringify({ data }), 7n);
  const [, bytes] = message.frame('a');
  expect(bytes!.length).toBeGreaterThan(150_000);
  for (const id of ['a', 'b']) {
    expect(message.frame(id)).toHaveLength(3);
    expect(message.frame(id)[1]).toBe(bytes);
    expect(JSON.parse(await read(message.frame(id)))).toEqual({ id, type: 'next', payload: { data } });
  }
  expect(message.event[1]).toBe(bytes);
  expect(Buffer.concat(message.event).toString()).toBe(`event: next\ndata: ${JSON.stringify({ data })}\n\n`);
});

test('operations with the same id get the very same bytes, others their own id', async () => {
  const message = new Message('{"data":{"n":1}}', 7n);
  expect(message.frame('a')).toBe(message.frame('a'));
  expect(JSON.parse(await read(message.frame('a')))).toEqual({ id: 'a', type: 'next', payload: { data: { n: 1 } } });
  for (const id of ['b', '"', '✓', ...Array.from({ length: 40 }, (_, index) => `id${index}`)])
    expect(JSON.parse(await read(message.frame(id)))).toMatchObject({ id });
});
