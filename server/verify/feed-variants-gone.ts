import { HOUR_MS, MINUTE_MS, SECOND_MS, demand, manySymbols, onStage } from './feed-story.ts';
import type { FeedVariant } from './feed-story.ts';
import { decideAcross } from './oracle.ts';

/** Minutes as their prints, from a price of 100: what a candle shows of them, and what it hides. */
const CARDS: readonly { readonly name: string; readonly minute: readonly number[] }[] = [
  { name: 'nothing', minute: [100, 103, 97, 100] },
  { name: 'one level above', minute: [100, 105, 100] },
  { name: 'one level below', minute: [100, 95, 100] },
  { name: 'both, above first', minute: [100, 105, 95, 100] },
  { name: 'both, below first', minute: [100, 95, 105, 100] },
  { name: 'opens above', minute: [106, 100] },
  { name: 'opens below', minute: [94, 100] },
  { name: 'opens above, falls through the other', minute: [106, 94, 100] },
  { name: 'opens below, rises through the other', minute: [94, 106, 100] },
  { name: 'touches above exactly', minute: [100, 104, 100] },
  { name: 'touches below exactly', minute: [100, 96, 100] },
  { name: 'far above', minute: [100, 150, 100] },
  { name: 'far below', minute: [100, 50, 100] },
  { name: 'closes above', minute: [100, 101, 105] },
  { name: 'closes below', minute: [100, 99, 95] },
  { name: 'a single print above', minute: [105] },
];

/** F09: each card on a symbol of its own, with a long and a short; a worker that was away so long that trades are gone. */
export function goneVariants(): readonly FeedVariant[] {
  const away = (beyond: 'EMPTY' | 'ERROR', how: 'stop' | 'kill', reachHours: number): FeedVariant => ({
    fault: 'F09',
    name: `${CARDS.length * 2} candle cards: trades gone after ${reachHours} h, REST gives ${beyond === 'EMPTY' ? 'nothing' : 'an error'}, server ${how === 'stop' ? 'stopped' : 'killed'}`,
    isShort: beyond === 'EMPTY' && how === 'stop' && reachHours === 24,
    run: (options) =>
      onStage({ ...options, symbols: manySymbols(options.marketType ?? 'FUTURES', CARDS.length) }, async (stage) => {
        const { exchange, world, marketType } = stage;
        const symbols = CARDS.map((_, index) => `M${index}USDT`);
        for (const symbol of symbols) {
          stage.open('LONG', '104', '96', { symbol });
          stage.open('SHORT', '96', '104', { symbol });
        }
        await stage.inSync(10 * MINUTE_MS);
        for (const symbol of symbols) stage.print('100', { symbol });
        await stage.run(5 * SECOND_MS);
        await stage.worker[how]();
        const seen = new Map(symbols.map((symbol) => [symbol, stage.tape(symbol).at(-1)!.id]));
        const fromMs = Math.ceil(world.nowMs / MINUTE_MS) * MINUTE_MS + 5 * MINUTE_MS;
        await world.leap(60 * HOUR_MS);
        exchange.faults.setTapeHorizon(marketType, { reachMs: reachHours * HOUR_MS, beyond });
        for (const [index, { minute }] of CARDS.entries()) {
          const symbol = symbols[index]!;
          // Some quiet prints, the card itself hours later, and what comes after it: the other way round, still on the tape.
          const story = [
            ...minute.map((price, place) => [fromMs + 3 * HOUR_MS + place * 10 * SECOND_MS, price]),
            [world.nowMs - 3 * HOUR_MS, 100],
            [world.nowMs - 2 * HOUR_MS, 95],
            [world.nowMs - HOUR_MS, 105],
          ];
          for (const [timeMs, price] of [[fromMs, 100], ...story] as [number, number][])
            stage.print(String(price), { symbol, timeMs, broadcast: false });
        }
        await stage.restart(how);
        await stage.until(() => stage.record.openTrades.length === 0, 'a closure of every trade', 30 * MINUTE_MS);
        const goneBeforeMs = world.nowMs - reachHours * HOUR_MS;
        const wrong = stage.differences((trade) => decideAcross(trade, stage.tape(trade.symbol), seen.get(trade.symbol)!, goneBeforeMs));
        demand(wrong.length === 0, `${wrong.length} of ${stage.record.trades.size}: ${wrong.slice(0, 2).join('; ')}`);
      }),
  });
  return [away('EMPTY', 'stop', 24), away('ERROR', 'stop', 24), away('EMPTY', 'kill', 48), away('ERROR', 'kill', 48)];
}
