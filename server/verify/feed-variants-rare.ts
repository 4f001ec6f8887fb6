import { checkSymbol } from '../src/signals/check-signal.ts';
import { MARKET_TYPES } from '../src/ticks/tick.ts';
import type { MarketType } from '../src/ticks/tick.ts';
import { MINUTE_MS, SECOND_MS, demand, manySymbols, onStage } from './feed-story.ts';
import type { FeedVariant } from './feed-story.ts';
import { SYMBOL } from './stage.ts';
import type { Stage, StageOptions } from './stage.ts';

function lateSignalVariants(): FeedVariant[] {
  const openAll = (stage: Stage) => stage.openAround(4, 8);
  return [
    {
      fault: 'F15',
      name: 'a signal while the connection is lost: watched from its entry on',
      isShort: true,
      run: (options) =>
        onStage(options, async (stage) => {
          stage.exchange.refuseConnections(true, stage.marketType);
          stage.exchange.dropConnections({ marketType: stage.marketType });
          await stage.prints([108.5, 91], SECOND_MS);
          await stage.run(SECOND_MS);
          openAll(stage);
          await stage.prints([104.5, 95, 108.5], SECOND_MS);
          stage.exchange.refuseConnections(false);
          await stage.finish(4);
        }),
    },
    {
      fault: 'F15',
      name: 'a signal before the exchange was ever reached',
      run: (options) =>
        onStage({ ...options, isReachable: false }, async (stage) => {
          stage.exchange.faults.setRestMode(stage.marketType, { status: 503 });
          await stage.run(5 * SECOND_MS);
          openAll(stage);
          await stage.prints([104.5, 95, 108.5], SECOND_MS);
          stage.exchange.faults.setRestMode(stage.marketType, null);
          stage.exchange.refuseConnections(false);
          await stage.finish(4);
        }),
    },
    {
      fault: 'F15',
      name: 'a signal while the feed is stale',
      run: (options) =>
        onStage(options, async (stage) => {
          stage.openAround(2);
          await stage.inSync();
          stage.exchange.stallConnections(stage.marketType);
          await stage.run(6 * SECOND_MS);
          demand(stage.state === 'STALE', `the feed says ${stage.state}`);
          openAll(stage);
          await stage.prints([104.5, 95, 108.5], 200);
          await stage.finish(4);
        }),
    },
    {
      fault: 'F15',
      name: 'signals in the middle of a repair',
      run: (options) =>
        onStage(options, async (stage) => {
          stage.openAround(2);
          await stage.inSync();
          stage.exchange.faults.setRestMode(stage.marketType, { status: 503 });
          stage.exchange.dropConnections({ marketType: stage.marketType });
          await stage.prints([100, 103, 97], SECOND_MS);
          openAll(stage);
          await stage.prints([104.5, 100], SECOND_MS);
          openAll(stage);
          stage.exchange.faults.setRestMode(stage.marketType, null);
          await stage.prints([95, 108.5], 100);
          await stage.finish(6);
        }),
    },
  ];
}

function symbolVariants(): FeedVariant[] {
  const strange = (name: string, symbol: string): FeedVariant => ({
    fault: 'F14',
    name,
    run: (options) => {
      const { marketType = 'SPOT' } = options;
      return onStage(
        { ...options, symbols: [SYMBOL, symbol].map((listed) => ({ marketType, symbol: listed, tickSize: '0.01', quoteAsset: 'USDT' })) },
        async (stage) => {
          stage.open('LONG', '104', '96', { symbol });
          stage.open('SHORT', '96', '104', { symbol });
          await stage.inSync();
          await stage.prints([101, 100], 100, { symbol });
          stage.exchange.dropConnections({ marketType: stage.marketType });
          await stage.prints([104.5, 95.5, 100], 10, { symbol });
          await stage.finish(2);
        },
      );
    },
  });
  return [
    strange('a symbol of non-ASCII letters', '币安人生USDT'),
    strange('a symbol whose lower case is another length', 'İSTUSDT'),
    strange('a symbol that begins with digits', '1000SATSUSDT'),
    {
      fault: 'F14',
      name: 'an unknown symbol, one of the other market, one in lower case: refused by name',
      isShort: true,
      run: (options) =>
        onStage(options, async (stage) => {
          const other: MarketType = stage.marketType === 'SPOT' ? 'FUTURES' : 'SPOT';
          await stage.until(() => stage.worker.symbolList.isKnown(stage.marketType), 'the list of symbols');
          const refusals = (marketType: MarketType, symbol: string) =>
            checkSymbol(marketType, symbol, stage.worker.symbolList.get(marketType, symbol), stage.worker.symbolList.isKnown(marketType), [
              'USDT',
            ])
              .map(({ code }) => code)
              .join();
          demand(refusals(stage.marketType, SYMBOL) === '', 'a good symbol is refused');
          demand(refusals(stage.marketType, 'NOSUCHUSDT') === 'SYMBOL_UNKNOWN', 'an unknown symbol is not refused');
          demand(refusals(stage.marketType, SYMBOL.toLowerCase()) === 'SYMBOL_UNKNOWN', 'a symbol in lower case is not refused');
          stage.exchange.listSymbol({ marketType: other, symbol: 'OTHERUSDT' });
          demand(refusals(stage.marketType, 'OTHERUSDT') === 'SYMBOL_UNKNOWN', 'a symbol of the other market is not refused');
        }),
    },
    {
      fault: 'F14',
      name: 'a symbol that is acknowledged and silent does not hold up the others',
      run: (options) =>
        onStage(options, async (stage) => {
          stage.open('LONG', '104', '96');
          stage.worker.feeds[stage.marketType].watch('NOSUCHUSDT', { afterTradeId: null, fromTimeMs: stage.world.nowMs });
          await stage.inSync();
          await stage.prints([101, 104.5]);
          await stage.finish(1);
        }),
    },
  ];
}

function loadVariants(): FeedVariant[] {
  return [
    {
      fault: 'F16',
      name: 'a burst of 20,000 trades at once: none is skipped',
      run: (options) => {
        const symbols = manySymbols(options.marketType ?? 'SPOT', 5);
        return onStage({ ...options, symbols }, async (stage) => {
          for (const { symbol } of symbols) {
            stage.open('LONG', '104', '96', { symbol });
            stage.open('SHORT', '90', '110', { symbol });
          }
          await stage.inSync();
          for (let count = 0; count < 4_000; count += 1)
            for (const { symbol } of symbols)
              stage.print(count === 1_234 ? '104.5' : count === 1_235 ? '95' : count === 3_999 ? '89' : '100', { symbol });
          await stage.finish(10);
          demand(stage.feed.status().gapsRepaired === 0 || stage.feed.status().reconnects === 0, 'the burst cost the connection');
        });
      },
    },
    {
      fault: 'F16',
      name: '20 times the rate of the busiest symbol for 60 s, on five symbols: all live, none late',
      run: (options) => {
        const symbols = manySymbols(options.marketType ?? 'SPOT', 5);
        return onStage({ ...options, symbols }, async (stage) => {
          for (const { symbol } of symbols) stage.open('LONG', '104', '96', { symbol });
          await stage.inSync();
          for (let step = 0; step < 60 * STEPS_PER_SECOND; step += 1) {
            for (const { symbol } of symbols)
              for (let count = 0; count < BURST_PER_SECOND / STEPS_PER_SECOND; count += 1)
                stage.print(step === 400 && count === 7 ? '104.5' : '100', { symbol });
            await stage.run(SECOND_MS / STEPS_PER_SECOND);
            const { lagMs, state } = stage.feed.status();
            demand(state === 'LIVE' && (lagMs ?? 0) <= SECOND_MS, `${state}, ${lagMs} ms late in the burst`);
          }
          await stage.finish(symbols.length);
          const { reconnects, gapsRepaired } = stage.feed.status();
          demand(reconnects === 0 && gapsRepaired <= symbols.length, `${reconnects} reconnects, ${gapsRepaired} repairs in the burst`);
        });
      },
    },
    {
      fault: 'F17',
      name: '3,000 symbols over as many connections as the limits ask for',
      run: (options) => {
        const { marketType = 'SPOT' } = options;
        const symbols = manySymbols(marketType, 3_000);
        return onStage({ ...options, symbols }, async (stage) => {
          // After their first trade, which is known: then the stream itself proves that nothing is missing.
          for (const { symbol } of symbols) stage.open('LONG', '104', '96', { symbol, afterId: 1 });
          await stage.until(() => stage.exchange.streams(marketType).length >= 3_000, 'all streams subscribed', 10 * MINUTE_MS);
          const connections = stage.exchange.connections(marketType);
          const most = Math.max(...connections.map(({ streams }) => streams.length));
          demand(most <= 1_024, `${most} streams on one connection`);
          demand(stage.feed.status().reconnects === 0, `${stage.feed.status().reconnects} connections were lost while subscribing`);
          for (const { symbol } of symbols) stage.print('104.5', { symbol });
          await stage.until(() => stage.record.openTrades.length === 0, 'all closures', 180 * MINUTE_MS);
          await stage.finish(3_000);
        });
      },
    },
  ];
}

/** 20 times the 15 trades per second of the busiest futures symbol. */
const BURST_PER_SECOND = 300;
const STEPS_PER_SECOND = 10;
/** In production every 15 minutes. */
const LIST_OFTEN = { symbolListIntervalMs: MINUTE_MS };

function haltVariants(): FeedVariant[] {
  const halts: readonly (readonly [string, MarketType])[] = [
    ['HALT', 'SPOT'],
    ['BREAK', 'SPOT'],
    ['CANCEL_ONLY', 'SPOT'],
    ['END_OF_DAY', 'SPOT'],
    ['NEVER_HEARD_OF', 'SPOT'],
    ...[
      'TRADING_HALT',
      'PENDING_TRADING',
      'PRE_DELIVERING',
      'PRE_SETTLE',
      'PRE_DELISTING',
      'DELISTING',
      'DELISTED',
      'DOWN',
      'NEW_WORD',
    ].map((status) => [status, 'FUTURES'] as const),
  ];
  const delisted = (name: string, happen: (stage: Stage) => void, markets: readonly MarketType[] = MARKET_TYPES): FeedVariant => ({
    fault: 'F13',
    markets,
    name: `delisted for good (${name}): closed at the last traded price, with its own reason`,
    run: (options) =>
      onStage({ ...options, limits: LIST_OFTEN }, async (stage) => {
        stage.openAround(4);
        await stage.inSync();
        await stage.prints([101, 102.5], SECOND_MS);
        happen(stage);
        await stage.until(() => stage.record.openTrades.length === 0, 'closures of the delisted', 30 * MINUTE_MS);
        for (const { closure } of stage.record.trades.values()) {
          demand(closure?.status === 'CLOSED_DELISTED', `closed as ${closure?.status}`);
          demand(closure?.exitPrice.toFixed() === '102.5', `closed at ${closure?.exitPrice.toFixed()}, the last price was 102.5`);
        }
      }),
  });
  return [
    ...halts.map(([status, only]) => ({
      fault: 'F13',
      name: `${status}: the trade stays open, and goes on when the symbol trades again`,
      markets: [only],
      run: (options: StageOptions) =>
        onStage({ ...options, limits: LIST_OFTEN }, async (stage) => {
          stage.openAround(4);
          await stage.inSync();
          await stage.prints([101]);
          stage.exchange.setStatus(stage.marketType, SYMBOL, status);
          await stage.run(5 * MINUTE_MS);
          demand(stage.record.openTrades.length === 2, 'a halted symbol closed a trade');
          demand(stage.worker.symbolList.get(stage.marketType, SYMBOL)?.trading === false, 'the list still says that it trades');
          stage.exchange.setStatus(stage.marketType, SYMBOL, 'TRADING');
          await stage.prints([104.5, 95]);
          await stage.finish(2);
        }),
    })),
    delisted('taken off the list', (stage) => stage.exchange.faults.unlistSymbol(stage.marketType, SYMBOL)),
    ...['DELIVERING', 'DELIVERED', 'SETTLING', 'CLOSE'].map((status) =>
      delisted(status, (stage) => stage.exchange.setStatus(stage.marketType, SYMBOL, status), ['FUTURES']),
    ),
  ];
}

/** Those that need more than an ordinary feed: time, many symbols, what the exchange lists. */
export function rareVariants(): readonly FeedVariant[] {
  return [...lateSignalVariants(), ...symbolVariants(), ...loadVariants(), ...haltVariants()];
}
