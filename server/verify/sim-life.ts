import { Closing } from '../src/closures/closing.ts';
import type { Log } from '../src/kernel/log.ts';
import type { MarketType } from '../src/ticks/tick.ts';
import { MemoryRecord, RecordSession } from './memory-record.ts';
import type { NewTrade } from './memory-record.ts';
import { randomOf } from './rig.ts';
import { Broken, Invariants } from './sim-check.ts';
import { turnDials } from './sim-dials.ts';
import type { Dials } from './sim-dials.ts';
import { SimSymbol } from './sim-exchange.ts';
import type { SimPrint } from './sim-exchange.ts';
import { SimMarket } from './sim-market.ts';
import { VirtualClock } from './virtual-clock.ts';
import { CLOSING_LIMITS } from './worker.ts';

const START_MS = Date.UTC(2026, 0, 1);
const SILENT: Log = { debug() {}, info() {}, warn() {}, error() {} };
/** After the last event, with nothing going wrong any more, everything must be in order within so many steps. */
const STEPS_TO_END = 5_000;
const MAX_OPEN_TRADES = 6;
const FLUSH_TURNS = 24;

/** Bugs that the simulation can be given, and must find. */
export const PLANTED_BUGS = {
  'early tick': 'a tick that comes too early is applied at once',
  'bold cursor': 'a saved cursor speaks for trades that are stored and not watched yet',
} as const;
export type PlantedBug = keyof typeof PLANTED_BUGS;

/** One life of a worker and its successors, with faults of one seed, checked against the invariants I1 to I5 after every event. */
export class Life {
  readonly #random: () => number;
  readonly #dials: Dials;
  readonly #clock = new VirtualClock(START_MS);
  readonly #record = new MemoryRecord();
  readonly #symbols = new Map<string, SimSymbol>();
  readonly #names: string[] = [];
  /** Trades of signals that were received and are not stored yet. */
  #unstored: NewTrade[] = [];
  #received = 0;
  readonly #marketType: MarketType;
  readonly #planted: PlantedBug | undefined;
  readonly invariants: Invariants;
  #session!: RecordSession;
  #closing!: Closing;
  #market!: SimMarket;
  #isAlive = false;
  #isCalm = false;
  #hash = 0x811c9dc5;
  #mustCrash = false;
  /** Promises have something to say. */
  #isAsync = false;

  constructor(seed: number, planted?: PlantedBug) {
    this.#random = randomOf(seed);
    this.#planted = planted;
    this.#dials = turnDials(this.#random);
    this.#marketType = this.#random() < 0.5 ? 'SPOT' : 'FUTURES';
    const count = 1 + Math.floor(this.#random() * 3);
    for (let index = 0; index < count; index += 1) {
      const symbol = new SimSymbol(this.#marketType, `S${index}USDT`);
      this.#symbols.set(symbol.name, symbol);
      this.#names.push(symbol.name);
    }
    this.invariants = new Invariants(this.#record, this.#symbols, (printId) => this.#log(12, printId));
  }

  get hash(): number {
    return this.#hash >>> 0;
  }

  async run(events: number): Promise<void> {
    await this.#start();
    for (let event = 0; event < events; event += 1) {
      this.#step();
      if (this.#isAsync) await this.#flush();
      if (this.#mustCrash) await this.#restart();
      this.invariants.check();
    }
    await this.#end();
  }

  // --- Events -----------------------------------------------------------------------------------------------------------

  #step(): void {
    const random = this.#random;
    const dials = this.#dials;
    const fault = random();
    let bar = 0;
    if (fault < (bar += dials.disconnect)) return this.#disconnect();
    if (fault < (bar += dials.restart)) return void this.#restartSoon('stop');
    if (fault < (bar += dials.crash)) return void this.#restartSoon('kill');
    if (fault < (bar += dials.replay)) return this.#replay();
    if (fault < (bar += dials.corrupt)) return this.#corrupt();
    if (fault < bar + dials.leap) return this.#leap();
    const ordinary = random();
    if (ordinary < 0.6) this.#print(this.#anySymbol());
    else if (ordinary < 0.7) this.#pass(10);
    else if (ordinary < 0.73) this.#open();
    else if (ordinary < 0.83) this.#repair();
    else this.#clock.advance(1 + Math.floor(random() * 400));
    if (this.#unstored.length > 0 && random() < 0.1) this.#store();
    if (this.#session.untold > 0 && random() >= dials.lateTelling) this.#tell();
    if (random() >= dials.delay) this.#pass(1_000);
    if (!this.#market.isConnected && random() >= dials.slowReconnect) this.#reconnect();
    if (this.#market.isBehind) this.#repair();
  }

  #print(symbol: SimSymbol): SimPrint {
    const random = this.#random;
    const dials = this.#dials;
    if (random() >= dials.ties) this.#clock.advance(1);
    const print = symbol.print(this.#clock.nowMs, dials, random);
    this.#log(1, print.id);
    if (!this.#market.isConnected || print.isBlanked || random() < dials.drop) return print;
    const tick = symbol.tick(print, 'LIVE');
    symbol.onTheWay.push(tick);
    if (random() < dials.duplicate) symbol.onTheWay.push(tick);
    return print;
  }

  /** Delivers what is on its way, at most so many messages of each symbol. */
  #pass(count: number): void {
    for (const symbol of this.#symbols.values()) {
      for (let left = Math.min(count, symbol.onTheWay.length); left > 0; left -= 1) {
        const waiting = symbol.onTheWay;
        const index = waiting.length > 1 && this.#random() < this.#dials.reorder ? Math.floor(this.#random() * waiting.length) : 0;
        const tick = index === 0 ? waiting.shift()! : waiting.splice(index, 1)[0]!;
        this.#log(2, tick.id);
        this.#market.live(tick);
      }
    }
  }

  #open(): void {
    if (this.#unstored.length + this.invariants.opened - this.invariants.closed >= MAX_OPEN_TRADES) return;
    const random = this.#random;
    const dials = this.#dials;
    const symbol = this.#anySymbol();
    const position = this.#market.position(symbol.name);
    const knownId = position?.inSync ? (position.lastTick?.id ?? null) : null;
    this.#unstored.push(symbol.newTrade(`t${this.#received}`, knownId, this.#clock.nowMs, dials, random));
    this.#log(3, this.#received);
    this.#received += 1;
    if (random() >= dials.slowAcceptance) this.#store();
  }

  /** Stores any one of the received trades: they need not be stored in the order of their receipt. */
  #store(): void {
    const [trade] = this.#unstored.splice(Math.floor(this.#random() * this.#unstored.length), 1);
    if (!trade) return;
    this.#record.open(trade);
    this.#log(13, this.invariants.opened);
    this.invariants.opened += 1;
  }

  #tell(): void {
    this.#session.tell();
    this.#isAsync = true;
  }

  #repair(): void {
    if (this.#market.repair()) this.#isAsync = true;
    this.#log(4, 0);
  }

  #disconnect(): void {
    this.#log(5, 0);
    this.#market.disconnect();
    for (const symbol of this.#symbols.values()) symbol.onTheWay.length = 0;
  }

  #reconnect(): void {
    this.#log(6, 0);
    this.#market.reconnect();
  }

  #replay(): void {
    const symbol = this.#anySymbol();
    const last = symbol.tape.length;
    const first = Math.max(0, last - 1 - Math.floor(this.#random() * 40));
    for (const print of symbol.tape.slice(first, last - 1)) {
      if (print.isBlanked || !this.#market.isConnected) continue;
      this.#market.live(symbol.tick(print, 'LIVE'));
    }
    this.#log(7, first);
  }

  #corrupt(): void {
    this.#log(8, 0);
    this.#market.corrupt(this.#anySymbol().name);
  }

  #leap(): void {
    this.#log(9, 0);
    this.#clock.leap(Math.floor(this.#random() * 600_000));
  }

  #restartSoon(how: 'stop' | 'kill'): void {
    this.#log(how === 'stop' ? 10 : 11, 0);
    this.#restartHow = how;
    this.#mustCrash = true;
  }
  #restartHow: 'stop' | 'kill' = 'kill';

  // --- Lives ------------------------------------------------------------------------------------------------------------

  async #start(): Promise<void> {
    const random = this.#random;
    const dials = this.#dials;
    this.#market = new SimMarket({
      marketType: this.#marketType,
      symbols: this.#symbols,
      dials,
      random,
      appliesEarly: this.#planted === 'early tick',
      deliver: (tick) => this.#closing.onTick(tick),
    });
    this.#session = new RecordSession(this.#record, {
      claimsUntold: this.#planted === 'bold cursor',
      beforeWrite: () => this.#beforeWrite(),
      loseAnswer: () => !this.#isCalm && random() < dials.lostAnswer,
    });
    const markets = { SPOT: this.#market, FUTURES: this.#market };
    this.#closing = new Closing(this.#session, this.#session, markets, this.#clock, SILENT, CLOSING_LIMITS);
    this.#isAlive = true;
    const started = this.#closing.start();
    await this.#flush();
    await started;
  }

  async #restart(): Promise<void> {
    this.#mustCrash = false;
    if (!this.#isAlive) return;
    this.#isAlive = false;
    const how = this.#restartHow;
    this.#restartHow = 'kill';
    for (const symbol of this.#symbols.values()) symbol.onTheWay.length = 0;
    if (how === 'kill') this.#session.kill();
    const stopped = this.#closing.stop();
    this.#market.stop();
    if (how === 'stop') {
      let isStopped = false;
      void stopped.then(() => (isStopped = true));
      // A stop that is killed on its way ends as a kill.
      for (let turns = 0; !isStopped && !this.#mustCrash && turns < 100; turns += 1) {
        await this.#flush();
        this.#clock.advance(1_000);
      }
      this.#mustCrash = false;
    }
    this.#session.kill();
    // Of what was on its way to the database some arrives although nobody hears the answer; the rest was never accepted.
    while (this.#unstored.length > 0) {
      if (this.#random() < 0.5) this.#store();
      else this.#unstored.pop();
    }
    // What happens while nobody watches.
    for (let count = Math.floor(this.#random() * 20); count > 0; count -= 1) this.#print(this.#anySymbol());
    for (const symbol of this.#symbols.values()) symbol.onTheWay.length = 0;
    await this.#start();
  }

  #beforeWrite(): Promise<void> | void {
    this.#isAsync = true;
    if (this.#isCalm) return;
    const random = this.#random;
    const dials = this.#dials;
    if (random() < dials.crashAtWrite) {
      this.#mustCrash = true;
      return new Promise(() => {});
    }
    if (random() < dials.failedWrite) throw new Error('the database is away');
    if (random() >= dials.slowWrite) return;
    return new Promise((resolve) => {
      this.#clock.after(1 + Math.floor(random() * 3_000), () => {
        this.#isAsync = true;
        resolve();
      });
    });
  }

  /** Lets promises have their say: enough turns for every chain of the worker, and the next event may as well come in the middle of one. */
  async #flush(): Promise<void> {
    this.#isAsync = false;
    for (let turns = 0; turns < FLUSH_TURNS; turns += 1) await undefined;
  }

  // --- The end ----------------------------------------------------------------------------------------------------------

  /** Nothing goes wrong any more: all must come into order, and then agree with the whole tape. */
  async #end(): Promise<void> {
    this.#isCalm = true;
    for (const name of Object.keys(this.#dials) as (keyof Dials)[]) this.#dials[name] = 0;
    while (this.#unstored.length > 0) this.#store();
    this.#tell();
    this.#reconnect();
    for (const symbol of this.#symbols.values()) this.#print(symbol);
    for (let steps = 0; ; steps += 1) {
      this.#pass(1_000);
      await this.#flush();
      if (this.#market.isBehind) this.#repair();
      else if (this.#session.underWay === 0 && steps > 10) break;
      if (steps % 10 === 0) this.#clock.advance(1_000);
      if (steps > STEPS_TO_END) throw new Broken('the worker does not come to rest');
    }
    for (let turns = 0; turns < 8; turns += 1) {
      this.#clock.advance(3_000);
      await this.#flush();
    }
    this.invariants.checkAtRest();
  }

  #anySymbol(): SimSymbol {
    return this.#symbols.get(this.#names[Math.floor(this.#random() * this.#names.length)]!)!;
  }

  /** FNV-1a over what happened. */
  #log(what: number, about: number): void {
    this.#hash = Math.imul(this.#hash ^ (what * 65_537 + about), 16_777_619);
  }
}
