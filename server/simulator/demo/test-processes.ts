import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { CHILD_ENVIRONMENT } from '../../testkit/child-environment.ts';
import { until } from '../../testkit/waiting.ts';

export const START_TIMEOUT_MS = 40_000;
export const demoScript = join(import.meta.dirname, '../demo.ts');
export const serverScript = join(import.meta.dirname, '../../src/process/main.ts');

/** A demo in a process of its own, as `npm run demo` starts it. */
export interface RunningDemo {
  readonly child: ChildProcess;
  /** What it has printed. */
  readonly said: () => string;
  readonly url: string;
  /** As printed. */
  readonly curl: string;
}

const children = new Set<ChildProcess>();

/** Ends every process that was started here and is still there. */
export function killAll(): void {
  for (const child of children) child.kill('SIGKILL');
}

function run(script: string, environment: Record<string, string>): { child: ChildProcess; said: () => string; complained: () => string } {
  const child = spawn(process.execPath, [script], {
    env: { ...CHILD_ENVIRONMENT, PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(child);
  const [said, complained]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (data: Buffer) => said.push(data));
  child.stderr.on('data', (data: Buffer) => complained.push(data));
  return { child, said: () => Buffer.concat(said).toString(), complained: () => Buffer.concat(complained).toString() };
}

/** Resolves when it has said that it runs. @param port any free one without */
export async function startDemo(url: string, port = '0'): Promise<RunningDemo> {
  const { child, said, complained } = run(demoScript, { DATABASE_URL: url, PORT: port });
  const ended = once(child, 'close').then(() => Promise.reject(new Error(`the demo ended: ${complained()}`)));
  await Promise.race([ended, until(() => /To stop .*\n/.test(said()) || undefined, 'the demo', START_TIMEOUT_MS)]);
  ended.catch(() => {});
  const page = /http:\/\/localhost:\d+(?=\/bot-performance)/.exec(said())?.[0];
  const curl = /^curl [^]*?^ {2}\}'$/m.exec(said())?.[0];
  if (page === undefined || curl === undefined) throw new Error(`no address or no command in: ${said()}`);
  return { child, said, url: page, curl };
}

/** Runs to its end what cannot start. */
export async function failedStart(script: string, environment: Record<string, string>) {
  const { child, said, complained } = run(script, environment);
  const [code] = (await once(child, 'close')) as [number];
  return { code, said: said(), complained: complained() };
}
