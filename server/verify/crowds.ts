import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nextMessage } from './children.ts';
import type { CrowdAsk, CrowdReport, CrowdSubscription, CrowdTold } from './crowd.ts';

const PROCESSES = 2;
/** Files a process has open beside its connections. */
const OTHER_FILES = 500;

/** Throws where this machine does not let a process have so many connections. */
export function requireConnections(count: number): void {
  const limits = process.platform === 'linux' ? readFileSync('/proc/self/limits', 'utf8') : '';
  const hard = /^Max open files\s+\d+\s+(\d+)/m.exec(limits)?.[1];
  if (hard !== undefined && Number(hard) < count + OTHER_FILES)
    throw new Error(`${count} connections need ${count + OTHER_FILES} open files, and the limit is ${hard}: raise it (ulimit -Hn)`);
}

/** Subscribers in processes of their own, as many as one machine has ports for. */
export class Crowds {
  readonly #processes: readonly ChildProcess[];

  constructor() {
    this.#processes = Array.from({ length: PROCESSES }, () => fork(join(import.meta.dirname, 'crowd.ts')));
  }

  /** `perSecond`: connections begun in each second, by all together. */
  async open(url: string, count: number, perSecond: number, subscriptions: readonly CrowdSubscription[]): Promise<void> {
    await this.#ask((index) => {
      const share = Math.floor(count / PROCESSES) + (index < count % PROCESSES ? 1 : 0);
      return { open: { url, count: share, perSecond: perSecond / PROCESSES, subscriptions } };
    });
  }

  /** Whether everyone has heard exactly these events, in this order, and when. */
  async check(sequences: readonly number[]): Promise<CrowdReport> {
    const reports = (await this.#ask(() => ({ check: { sequences } }))) as CrowdReport[];
    const heardAt: Record<number, number[]> = {};
    for (const report of reports)
      for (const [sequence, times] of Object.entries(report.heardAt)) (heardAt[Number(sequence)] ??= []).push(...times);
    const sum = (of: (report: CrowdReport) => number): number => reports.reduce((total, report) => total + of(report), 0);
    return {
      clients: sum(({ clients }) => clients),
      wrong: sum(({ wrong }) => wrong),
      example: reports.find(({ example }) => example !== undefined)?.example,
      closed: sum(({ closed }) => closed),
      others: sum(({ others }) => others),
      heardAt,
    };
  }

  /** Events heard by all together. */
  async heard(): Promise<number> {
    const told = (await this.#ask(() => 'progress')) as { heard: number }[];
    return told.reduce((total, { heard }) => total + heard, 0);
  }

  async forget(): Promise<void> {
    await this.#ask(() => 'forget');
  }

  /** Cuts all connections without a word. */
  async kill(): Promise<void> {
    await this.#ask(() => 'kill');
  }

  end(): void {
    for (const each of this.#processes) each.disconnect();
  }

  #ask(ask: (index: number) => CrowdAsk): Promise<CrowdTold[]> {
    return Promise.all(
      this.#processes.map((each, index) => {
        const answer = nextMessage<CrowdTold>(each);
        each.send(ask(index));
        return answer;
      }),
    );
  }
}

/** The value below which the share `part` of all lies; 0 of nothing. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}
