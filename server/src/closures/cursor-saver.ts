import type { Log } from '../kernel/log.ts';
import type { MarketType, Tick } from '../ticks/tick.ts';
import type { RepairedStretch } from './stretches.ts';

export interface SymbolStretch extends RepairedStretch {
  readonly marketType: MarketType;
  readonly symbol: string;
}

/** What is true of cursors saved together. */
export interface CursorMoment {
  readonly at: Date;
  /** Every trade whose opening has a sequence up to this one was watched. */
  readonly recordSequence: bigint;
}

export interface CursorSink {
  /** Saves how far streams are applied, together with the stretches that were looked up afterwards: both or neither. */
  saveCursors(ticks: readonly Tick[], moment: CursorMoment, stretches: readonly SymbolStretch[]): Promise<void>;
}

/** Saves one thing after the other; a stretch that could not be saved goes with the next save. */
export class CursorSaver {
  readonly #sink: CursorSink;
  readonly #log: Log;
  #stretches: SymbolStretch[] = [];
  #saving: Promise<void> = Promise.resolve();

  constructor(sink: CursorSink, log: Log) {
    this.#sink = sink;
    this.#log = log;
  }

  /** Takes stretches that go with the next save. */
  keep(stretches: readonly SymbolStretch[]): void {
    this.#stretches.push(...stretches);
  }

  /** Saves the newest ticks of symbols and all kept stretches, if there are any; `onFailure` is called where that failed. */
  save(ticks: readonly Tick[], moment: CursorMoment, onFailure: () => void): void {
    this.#saving = this.#saving.then(async () => {
      const stretches = this.#stretches;
      if (ticks.length === 0 && stretches.length === 0) return;
      this.#stretches = [];
      try {
        await this.#sink.saveCursors(ticks, moment, stretches);
      } catch (error) {
        this.#stretches = [...stretches, ...this.#stretches];
        onFailure();
        this.#log.warn({ err: error }, 'cursors could not be saved; the next save has them');
      }
    });
  }

  /** Resolves when everything was tried once. */
  settled(): Promise<void> {
    return this.#saving;
  }
}
