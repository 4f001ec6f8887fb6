import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { finished } from 'node:stream/promises';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { CHILD_ENVIRONMENT } from '../../testkit/child-environment.ts';
import { freshDatabase } from '../../testkit/database.ts';
import { codeOf } from './start-fault.ts';

const server = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'server-'));
const running: ServerProcess[] = [];
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(async () => {
  for (const each of running.splice(0)) await each.kill('SIGKILL');
});

interface ServerProcess {
  readonly process: ChildProcess;
  /** Waits for a line of the log with this message. */
  logged(message: string): Promise<Record<string, unknown>>;
  /** Waits for the end: the exit code, and what was printed. */
  readonly ended: Promise<{ code: number | null; stdout: string; stderr: string }>;
  kill(signal: NodeJS.Signals): Promise<void>;
}

function launch(script: string, environment: Record<string, string>): ServerProcess {
  const env = { ...CHILD_ENVIRONMENT, ...environment };
  const child = spawn(process.execPath, [join(server, script)], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  let [stdout, stderr] = ['', ''];
  const waiting = new Set<() => void>();
  child.stdout?.on('data', (data: Buffer) => {
    stdout += data.toString();
    for (const look of waiting) look();
  });
  child.stderr?.on('data', (data: Buffer) => (stderr += data.toString()));
  const allRead = [child.stdout, child.stderr].map((stream) => stream && finished(stream));
  // Not the event "close": it never comes after `disconnect`.
  const ended = Promise.all([once(child, 'exit'), ...allRead]).then(([[code]]) => ({ code: code as number | null, stdout, stderr }));
  const logged = (message: string) =>
    new Promise<Record<string, unknown>>((resolve, reject) => {
      const look = () => {
        const entry = logOf(stdout).find(({ msg }) => msg === message);
        if (entry !== undefined) resolve(entry);
      };
      waiting.add(look);
      look();
      void ended.then(() => reject(new Error(`ended before it logged "${message}": ${stdout}${stderr}`)));
    });
  const kill = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    await ended;
  };
  const launched = { process: child, logged, ended, kill };
  running.push(launched);
  return launched;
}

const logOf = (stdout: string): Record<string, unknown>[] => stdout.split('\n').filter((line) => line.endsWith('}')).map((line) => JSON.parse(line) as Record<string, unknown>); // prettier-ignore
const launchServer = async (environment: Record<string, string> = {}) =>
  launch('testkit/run-server.ts', { PORT: '0', DATABASE_URL: await freshDatabase(), ...environment });

/** Processes start slowly on a loaded machine. */
describe('a server process', { timeout: 60_000 }, () => {
  test('answers once it is ready, and stops in order at a signal', async () => {
    const started = await launchServer();
    const { url } = await started.logged('ready');
    expect(await Promise.all(['/healthz', '/readyz', '/graphql', '/bot-performance'].map((path) => get(`${String(url)}${path}`)))).toEqual([
      [200, 'ok\n'],
      [200, 'ready\n'],
      [200, 'graphql'],
      [200, 'web'],
    ]);
    started.process.kill('SIGTERM');
    started.process.kill('SIGTERM'); // a second signal changes nothing
    const { code, stdout, stderr } = await started.ended;
    expect(logOf(stdout).at(-1)).toMatchObject({ msg: 'stopped' });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    await expect(fetch(String(url))).rejects.toThrow();
  });

  test('stops when the process that started it is gone', async () => {
    const started = await launchServer();
    await started.logged('ready');
    started.process.disconnect();
    expect(await started.ended).toMatchObject({ code: 0, stderr: '' });
  });

  test('ends all the same when its orderly stop hangs', async () => {
    const started = await launchServer({ FAIL: 'hang' });
    await started.logged('ready');
    started.process.kill('SIGINT');
    const { code, stdout } = await started.ended;
    expect(code).toBe(1);
    expect(logOf(stdout).at(-1)).toMatchObject({ msg: 'the orderly stop took too long, the process ends' });
  });

  test.each([
    ['reject', 'nobody waits\nfor this'],
    ['throw', 'thrown in a listener'],
  ])('ends with one log line after a failure that nobody handled (%s)', async (FAIL, message) => {
    const { code, stdout, stderr } = await (await launchServer({ FAIL })).ended;
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout.trim().split('\n').at(-1)).toBe(JSON.stringify(logOf(stdout).at(-1)));
    expect(logOf(stdout).at(-1)).toMatchObject({ level: 50, msg: 'unexpected failure, the process ends', err: { message } });
  });

  test('says in one line that its port is in use, and has touched nothing', async () => {
    const other = createServer().listen(0);
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const dataDir = join(folder, 'untouched');
    const environment = { PORT: String(port), DATA_DIR: dataDir, HTTP_LISTEN_TIMEOUT_MS: '50' };
    const { code, stdout, stderr } = await launch('testkit/run-server.ts', environment).ended;
    other.close();
    expect({ code, stdout, stderr }).toEqual({
      code: 1,
      stdout: '',
      stderr: `the port ${port} is in use by another program: set PORT to a free one\n`,
    });
    expect(() => rmSync(dataDir, { recursive: true })).toThrow('ENOENT');
  });

  test('says in one line that its data folder cannot be written', async () => {
    writeFileSync(join(folder, 'file'), '');
    const { code, stderr } = await launch('testkit/run-server.ts', { PORT: '0', DATA_DIR: './file/data' }).ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(/^the data folder \.\/file\/data cannot be written \(DATA_DIR\): ENOTDIR.*\n$/);
  });

  test('says in one line that its database cannot be reached, without the password', async () => {
    const environment = { PORT: '0', DATABASE_URL: 'postgresql://me:secret@127.0.0.1:1/db', DATABASE_START_TIMEOUT_MS: '0' };
    const { code, stdout, stderr } = await launch('testkit/run-server.ts', environment).ended;
    expect({ code, stderr }).toEqual({ code: 1, stderr: 'the database cannot be reached: connect ECONNREFUSED 127.0.0.1:1\n' });
    expect(stdout).not.toContain('secret');
  });

  test('the real one says every fault of its settings, a line each', async () => {
    const { code, stdout, stderr } = await launch('src/process/main.ts', { PORT: 'x', FEE_RATE_SPOT: '2' }).ended;
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr.trim().split('\n').map((line) => line.split(' ')[0])).toEqual(['PORT', 'FEE_RATE_SPOT']); // prettier-ignore
  });
});

async function get(url: string): Promise<[number, string]> {
  const response = await fetch(url);
  return [response.status, await response.text()];
}

test('codeOf looks into a failed connection to several addresses', () => {
  expect(codeOf(new AggregateError([Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })]))).toBe('ECONNREFUSED');
});
