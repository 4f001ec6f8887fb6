import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { startExchange } from '../simulator/exchange.ts';
import type { Exchange } from '../simulator/exchange.ts';
import { nextMessage } from '../verify/children.ts';
import { rigDatabase } from '../verify/rig-database.ts';
import type { GiveDatabase } from '../verify/rig-database.ts';

/** floor-process.ts with an exchange and a database of its own. */
export class Floor {
  readonly url: string;
  readonly #exchange: Exchange;
  readonly #process: ChildProcess;
  readonly #release: () => Promise<unknown>;

  private constructor(url: string, exchange: Exchange, process: ChildProcess, release: () => Promise<unknown>) {
    this.url = url;
    this.#exchange = exchange;
    this.#process = process;
    this.#release = release;
  }

  /** Watches `symbols`, and closes whatever is traded at `takeProfit` or above. */
  static async start(symbols: readonly string[], takeProfit: string, database?: GiveDatabase): Promise<Floor> {
    const exchange = await startExchange();
    const { url: databaseUrl, end } = await rigDatabase(database).catch(async (error: unknown) => {
      await exchange.stop();
      throw error;
    });
    const release = () => Promise.all([exchange.stop(), end()]);
    const process = fork(join(import.meta.dirname, 'floor-process.ts'), [exchange.futuresWs, databaseUrl, symbols.join(), takeProfit]);
    try {
      return new Floor((await nextMessage<{ url: string }>(process)).url, exchange, process, release);
    } catch (error) {
      await release();
      throw error;
    }
  }

  tick(symbol: string, price: string): void {
    this.#exchange.tick({ marketType: 'FUTURES', symbol, price });
  }

  async end(): Promise<void> {
    try {
      if (!this.#process.connected) return; // it has ended by itself
      const exited = once(this.#process, 'exit');
      this.#process.disconnect();
      await exited;
    } finally {
      await this.#release();
    }
  }
}
