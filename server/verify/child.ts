import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { CHILD_ENVIRONMENT } from '../testkit/child-environment.ts';

/** A process that this rig started, and every line it says. */
export class Child {
  readonly pid: number;
  /** What it said on stderr. */
  readonly complaints: string[] = [];
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #exit: Promise<unknown>;

  constructor(script: string, args: readonly string[], env: Readonly<Record<string, string>>) {
    const child = spawn(process.execPath, [...process.execArgv, script, ...args], {
      env: { ...CHILD_ENVIRONMENT, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    if (child.pid === undefined) throw new Error(`${script} does not start`);
    this.pid = child.pid;
    this.#process = child;
    this.#exit = once(child, 'exit');
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    createInterface({ input: child.stderr }).on('line', (line) => this.complaints.push(line));
  }

  get isRunning(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** The next line on stdout; throws where the process has ended. */
  async line(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error(`a process ended: ${this.complaints.slice(-3).join('; ')}`);
    return String(value);
  }

  signal(name: 'SIGTERM' | 'SIGINT' | 'SIGSTOP' | 'SIGCONT'): void {
    this.#process.kill(name);
  }

  /** Ends it at once, also while it is stopped. */
  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#exit;
  }

  /** Resolves when it has ended by itself. */
  async ended(): Promise<void> {
    await this.#exit;
  }
}
