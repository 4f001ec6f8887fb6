import { randomBytes } from 'node:crypto';
import { beforeEach, expect } from 'vitest';
import { Decimal } from '../src/kernel/decimal.ts';
import { idsFrom } from '../src/kernel/ids.ts';
import type { RecordEvent } from '../src/record/event.ts';
import { RecordStore } from '../src/record/record.store.ts';
import { AcceptSignal } from '../src/signals/accept-signal.ts';
import type { Acceptance, Market } from '../src/signals/accept-signal.ts';
import { ChangeSignal } from '../src/signals/change-signal.ts';
import type { SignalInput, SignalRules } from '../src/signals/signal.ts';
import { SignalsStore } from '../src/signals/signals.store.ts';
import type { SymbolInfo } from '../src/ticks/symbol-list.ts';
import { openFreshDatabase } from './database.ts';
import { ManualClock } from './manual-clock.ts';
import { addBot, recordFaults } from './stored-record.ts';

const RULES: SignalRules = {
  quoteAssets: ['USDT'],
  trackMarketTypes: ['SPOT', 'FUTURES'],
  trackMinConfidence: 0,
  positionSize: new Decimal(100),
  feeRates: { SPOT: new Decimal('0.001'), FUTURES: new Decimal('0.0005') },
  maxPriceAgeMs: 60_000,
  maxClockAheadMs: 5_000,
  maxHostClockOffMs: 1_000,
};
export const GOOD: SignalInput = {
  symbol: 'BTCUSDT',
  marketType: 'FUTURES',
  direction: 'LONG',
  entryPrice: '100',
  takeProfit: '110',
  stopLoss: '90',
};
export const PENDING: SignalInput = { ...GOOD, status: 'PENDING' };

export const codesOf = ({ refusals }: Acceptance): string[] => refusals.map(({ field, code }) => `${field.join('.')} ${code}`);

/**
 * What takes signals, on a database of its own. Each test has bots of its own, `the.bot` and `the.other`; the record goes on through all
 * tests and must be right after each. Call it at the top of a test file.
 */
export async function signalIntake() {
  const database = await openFreshDatabase();
  const the = { bot: '', other: '' };
  let bots = 0;
  beforeEach(async () => {
    the.bot = await addBot(database.prisma, `bot-${(bots += 1)}`);
    the.other = await addBot(database.prisma, `bot-${(bots += 1)}`);
    return async () => expect(await recordFaults(database.prisma)).toEqual([]);
  });

  function open({
    rules = {},
    market = {},
  }: { rules?: Partial<SignalRules>; market?: { price?: string; lastTradeId?: number; exchangeTimeMs?: number; info?: SymbolInfo } } = {}) {
    const clock = new ManualClock();
    const known: Market = {
      isListKnown: () => market.info !== undefined,
      symbolInfo: () => market.info,
      refresh: () => Promise.resolve(),
      freshPrice: () => market.price,
      lastTradeId: () => market.lastTradeId ?? null,
      exchangeTimeMs: () => market.exchangeTimeMs ?? null,
    };
    const store = new SignalsStore(database.prisma);
    const announced: (readonly RecordEvent[])[] = [];
    const answers: string[] = [];
    const announce = (events: readonly RecordEvent[]) => void announced.push(events);
    const parts = [store, known, { ...RULES, ...rules }, clock, idsFrom(clock, randomBytes), announce] as const;
    const accepting = new AcceptSignal(...parts, (botId, answer) => void answers.push(`${botId} ${answer}`));
    const changing = new ChangeSignal(...parts);
    return { accepting, changing, store, clock, answers, announced, announcements: () => announced.length };
  }

  async function accept(accepting: AcceptSignal, botId: string, input: SignalInput): Promise<string> {
    const acceptance = await accepting.accept(botId, input);
    if (!acceptance.signal) throw new Error(`refused: ${codesOf(acceptance).join()}`);
    return acceptance.signal.id;
  }
  const countOf = async () => {
    const [signals, trades, events] = await Promise.all([
      database.prisma.signal.count(),
      database.prisma.paperTrade.count(),
      database.prisma.event.count(),
    ]);
    return { signals, trades, events };
  };
  /** What the record tells of a signal to whoever reads it now. */
  const recordOf = async (signalId: string) =>
    (await new RecordStore(database.prisma).readAfter(0n, 100_000)).filter(({ signal }) => signal.id === signalId);
  const eventsOf = async (signalId: string) =>
    (await database.prisma.event.findMany({ where: { signalId }, orderBy: { sequence: 'asc' } })).map(({ kind }) => kind);

  return { database, the, open, accept, countOf, recordOf, eventsOf };
}
