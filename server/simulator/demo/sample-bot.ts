import type { Clock } from '../../src/kernel/clock.ts';
import type { Log } from '../../src/kernel/log.ts';
import type { PriceOf } from './exchange-prices.ts';
import type { Random } from '../price-model.ts';
import { NoAnswer } from './api-client.ts';
import type { ApiClient } from './api-client.ts';
import { slugOf } from '../../src/signals/bots.store.ts';
import { between, DEMO_BOTS } from './cast.ts';
import type { DemoBot } from './cast.ts';
import { nextIdea } from './live-signal.ts';
import type { Idea, SignalMessage } from './live-signal.ts';

export interface SampleBotOptions {
  readonly bot: DemoBot;
  readonly api: ApiClient;
  /** The exchange's last price; throws NoAnswer. */
  readonly priceOf: PriceOf;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly limits: SampleBotLimits;
}

export interface SampleBotLimits {
  /** Shortest and longest pause between two calls. */
  readonly pauseMs: readonly [number, number];
  /** The same while fewer than `fewOpen` trades are open. */
  readonly briskPauseMs: readonly [number, number];
  readonly fewOpen: number;
  /** It waits while this many trades are open, whosoever they are. */
  readonly maxOpen: number;
  /** Wait after a call without an answer; doubles up to the maximum. */
  readonly retryMinMs: number;
  readonly retryMaxMs: number;
}

export const SAMPLE_BOT_LIMITS: SampleBotLimits = {
  pauseMs: [15_000, 26_000],
  briskPauseMs: [1_000, 3_500],
  fewOpen: 6,
  maxOpen: 10,
  retryMinMs: 1_000,
  retryMaxMs: 30_000,
};

const OPEN_COUNT = 'query ($bots: [String!]!) { openPositions(filter: { bot: $bots }) { count } }';
const CREATE = `mutation ($input: CreateSignalInput!) {
  createSignal(input: $input) { signal { id } duplicate userErrors { code message } }
}`;
const ACTIVATE = 'mutation ($id: ID!) { activateSignal(id: $id) { userErrors { code message } } }';
const CANCEL = 'mutation ($id: ID!) { cancelSignal(id: $id) { userErrors { code message } } }';

interface UserErrors {
  readonly userErrors: readonly { readonly code: string; readonly message: string }[];
}
interface Created extends UserErrors {
  readonly signal: { readonly id: string } | null;
  readonly duplicate: boolean;
}

/** A bot like any other: it knows the exchange's public prices and the API, and nothing of the server's inside. */
export class SampleBot {
  readonly #options: SampleBotOptions;
  readonly #stopping = new AbortController();
  readonly #run: string;
  #calls = 0;
  /** Sent, and nobody knows whether it arrived: it is sent again, under the same externalId, until there is an answer. */
  #unanswered: { readonly idea: Idea; readonly message: SignalMessage } | undefined;
  #running: Promise<void> | undefined;

  constructor(options: SampleBotOptions) {
    this.#options = options;
    this.#run = options.clock.now().getTime().toString(36);
  }

  start(): void {
    this.#running ??= this.#loop();
  }

  /** Resolves when it has done its last call. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #loop(): Promise<void> {
    const { bot, log, random, limits } = this.#options;
    let failures = 0;
    while (!this.#stopping.signal.aborted) {
      let waitMs: number;
      try {
        const open = await this.#act();
        failures = 0;
        waitMs = between(...(open < limits.fewOpen ? limits.briskPauseMs : limits.pauseMs), random);
      } catch (error) {
        if (this.#stopping.signal.aborted) return;
        waitMs = Math.min(limits.retryMaxMs, limits.retryMinMs * 2 ** failures) * between(0.75, 1.25, random);
        failures += 1;
        log.info({ bot: bot.name, fault: String(error), failures }, 'a sample bot was not heard and tries again');
      }
      await this.#pause(waitMs);
    }
  }

  /** One call, if the sample bots have room for another trade; what guests have open is theirs. Answers how many were open. */
  async #act(): Promise<number> {
    const { api, bot, priceOf, clock, random, limits } = this.#options;
    const { signal } = this.#stopping;
    if (this.#unanswered) await this.#send(this.#unanswered);
    const { openPositions } = await api.ask<{ openPositions: { count: number } }>(
      OPEN_COUNT,
      { bots: DEMO_BOTS.map(({ name }) => slugOf(name)) },
      signal,
    );
    if (openPositions.count >= limits.maxOpen) return openPositions.count;
    const idea = nextIdea(bot, random);
    const price = await priceOf(idea.place.marketType, idea.place.symbol, signal);
    const message = idea.message(price, `${this.#run}-${(this.#calls += 1)}`, clock.now());
    await this.#send({ idea, message });
    return openPositions.count;
  }

  async #send(call: { readonly idea: Idea; readonly message: SignalMessage }): Promise<void> {
    this.#unanswered = call;
    const { sequel } = call.idea;
    const created = await this.#create(call.message);
    if (created === undefined) return;
    if (sequel === 'SEND_AGAIN') await this.#create(call.message);
    if (sequel !== 'ACTIVATE' && sequel !== 'CANCEL') return;
    await this.#pause(between(2_000, 6_000, this.#options.random));
    await this.#change(sequel === 'ACTIVATE' ? ACTIVATE : CANCEL, created.id);
  }

  /** The signal, or undefined where it was refused: the market moved on, and so does the bot. */
  async #create(message: SignalMessage): Promise<{ id: string } | undefined> {
    const { api, bot, log } = this.#options;
    try {
      const { createSignal } = await api.ask<{ createSignal: Created }>(CREATE, { input: message }, this.#stopping.signal);
      this.#unanswered = undefined;
      for (const { code } of createSignal.userErrors)
        log.debug({ bot: bot.name, symbol: message.symbol, code }, 'a sample bot was refused');
      return createSignal.signal ?? undefined;
    } catch (error) {
      if (!(error instanceof NoAnswer)) this.#unanswered = undefined;
      throw error;
    }
  }

  async #change(mutation: string, id: string): Promise<void> {
    const { api, bot, log } = this.#options;
    const answers = await api.ask<Record<string, UserErrors>>(mutation, { id }, this.#stopping.signal);
    for (const { userErrors } of Object.values(answers))
      for (const { code } of userErrors) log.debug({ bot: bot.name, code }, 'a sample bot was refused');
  }

  /** Ends early when the bot is to stop. */
  #pause(delayMs: number): Promise<void> {
    const { signal } = this.#stopping;
    return new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const cancel = this.#options.clock.after(delayMs, () => {
        signal.removeEventListener('abort', stop);
        resolve();
      });
      const stop = (): void => {
        cancel();
        resolve();
      };
      signal.addEventListener('abort', stop, { once: true });
    });
  }
}
