import { describe, expect, test } from 'vitest';
import type { Log } from '../kernel/log.ts';
import { createLog } from './log.ts';

function capture(readable: boolean, use: (log: Log) => void): string[] {
  const lines: string[] = [];
  use(createLog({ level: 'info', readable, write: (line) => lines.push(line) }));
  return lines;
}

const TOKEN = 'bpt_live_W8RpP0RmCykTFIXrE7prwurHWsNmNGHtkiSwiMdK97G_ikc83e';

describe('the log', () => {
  test('is one JSON object per line, without what weighs less than its level', () => {
    const lines = capture(false, (log) => {
      log.debug({}, 'not this');
      log.info({ port: 1 }, 'this\nand this');
      log.error({ err: new Error('line\nbreak') }, 'failed');
    });
    expect(lines.map((line) => line.indexOf('\n') === line.length - 1)).toEqual([true, true]);
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
      { level: 30, port: 1, msg: 'this\nand this', time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) },
      { level: 50, msg: 'failed', err: { type: 'Error', message: 'line\nbreak' } },
    ]);
  });

  test('is short for people', () => {
    const [info = '', warning = '', failure = ''] = capture(true, (log) => {
      log.info({ home: '/x', ports: [1, 2] }, 'started');
      log.warn({}, 'careful');
      log.error({ err: new Error('boom') }, 'failed');
    });
    expect(info).toMatch(/^\d\d:\d\d:\d\d\.\d{3} started home=\/x ports=\[1,2\]\n$/);
    expect(warning).toMatch(/^\S+ WARN careful\n$/);
    expect(failure).toMatch(/^\S+ ERROR failed\nError: boom\n {4}at /);
  });

  test.each([false, true])('never holds a secret, wherever it stands (readable: %s)', (readable) => {
    const lines = capture(readable, (log) => {
      log.info({ token: TOKEN, request: { authorization: 'Basic c2VjcmV0' } }, 'fields');
      log.warn({ err: new Error(`refused ${TOKEN} for postgresql://me:s3cret@host/db`) }, `Authorization: Bearer abc.def and ${TOKEN}`);
    });
    expect(lines.join('')).not.toMatch(/W8RpP0|c2VjcmV0|s3cret|abc\.def/);
    expect(lines.join('')).toContain('postgresql://me:[redacted]@host/db');
  });
});
