import type { Log } from '../kernel/log.ts';
import type { Service } from '../kernel/service.ts';
import { StartFault } from './start-fault.ts';

/** Something that runs until it is stopped. `stop` may be called again and answers with the same end. */
export interface Running {
  stop(): Promise<void>;
  /** The longest orderly stop; then the process ends with what is left undone. */
  readonly stopDeadlineMs: number;
}

/** What was opened while starting, to be closed in reverse order: when a later step fails, or at the end. */
export class Closers {
  readonly #log: Log;
  readonly #closers: { name: string; close: () => unknown }[] = [];
  #closing: Promise<void> | undefined;

  constructor(log: Log) {
    this.#log = log;
  }

  add(name: string, close: () => unknown): void {
    this.#closers.push({ name, close });
  }

  /** Starts a service and stops it at the end; also one whose start failed half-way. */
  async start(service: Service): Promise<void> {
    this.add(service.name, () => service.stop());
    await service.start();
    this.#log.debug({ service: service.name }, 'service started');
  }

  /** Closes everything, the newest first; one that fails does not keep the others open. */
  close(): Promise<void> {
    return (this.#closing ??= this.#closeAll());
  }

  async #closeAll(): Promise<void> {
    for (const { name, close } of this.#closers.toReversed()) {
      try {
        await close();
      } catch (error) {
        this.#log.error({ err: error, part: name }, 'a part did not stop cleanly');
      }
    }
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * The life of a process: starts, runs until a signal or the end of the process that started it, stops in order, and sets the exit code.
 * A StartFault is one line and exit code 1. Anything that nobody handled ends the process at once with one log line: what is kept is on
 * the disk, and a start from there is safer than going on in a state that nobody thought of.
 */
export async function runProcess(start: () => Promise<Running>, log: Log): Promise<void> {
  const crash = (error: unknown) => {
    log.error({ err: error }, 'unexpected failure, the process ends');
    process.exit(1);
  };
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);

  const stopRequested = new Promise<string>((resolve) => {
    for (const signal of SIGNALS) process.on(signal, () => resolve(signal)); // a second signal changes nothing: there is a deadline
    process.once('disconnect', () => resolve('end of the parent process')); // started by tools/run.mjs
    process.channel?.unref();
  });

  try {
    const running = await start();
    const reason = await stopRequested;
    log.info({ reason }, 'stopping');
    setTimeout(() => {
      log.error({}, 'the orderly stop took too long, the process ends');
      process.exit(1);
    }, running.stopDeadlineMs).unref();
    await running.stop();
    log.info({}, 'stopped');
    process.exit(0);
  } catch (error) {
    if (!(error instanceof StartFault)) return crash(error);
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}
