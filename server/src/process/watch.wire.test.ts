import { expect, test } from 'vitest';
import { startProduct } from '../../testkit/product.ts';
import { until } from '../../testkit/waiting.ts';

interface Stretch {
  readonly from: string;
  readonly to: string;
  readonly source: 'LIVE' | 'BACKFILL' | 'CANDLE';
}

test.each(['SPOT', 'FUTURES'] as const)(
  '%s: a trade shows which stretch of its life was watched live and which was looked up',
  async (marketType) => {
    const symbols = (['SPOT', 'FUTURES'] as const).map((type) => ({ marketType: type, symbol: 'BTCUSDT', tickSize: '0.01' }));
    const product = await startProduct({ exchangeOptions: { symbols, firstAggId: 10 } });
    const token = await product.bot('Watchman');
    const symbol = 'BTCUSDT';
    product.exchange.tick({ marketType, symbol, price: '100' });
    const { id, entryTime } = await product.open(token, {
      symbol,
      marketType,
      direction: 'LONG',
      entryPrice: '100',
      takeProfit: '110',
      stopLoss: '90',
    });
    await product.exchange.whenSubscribed(marketType, 'btcusdt@aggTrade');
    const entryMs = Date.parse(entryTime);
    const at = (seconds: number): string => new Date(entryMs + seconds * 1_000).toISOString();
    const tick = (seconds: number, price = '101', broadcast = true) =>
      product.exchange.tick({ marketType, symbol, price, timeMs: entryMs + seconds * 1_000, broadcast });
    const watch = async (): Promise<Stretch[]> =>
      (await product.query<{ trade: { watch: Stretch[] } }>('query ($id: ID!) { trade(id: $id) { watch { from to source } } }', { id }))
        .trade.watch;

    await product.whenApplied(marketType, symbol, tick(1).id);
    // Two trades that the stream did not tell.
    tick(2, '101', false);
    tick(3, '101', false);
    await product.whenApplied(marketType, symbol, tick(5).id);
    // And some while the server is off.
    await until(
      async () => ((await product.sql('SELECT 1 FROM symbol_cursors WHERE last_trade_id = $1', [14])).length > 0 ? true : undefined),
      'the saved cursor',
    );
    await product.stop();
    tick(6, '101', false);
    tick(8, '101', false);
    await product.start();
    await product.whenApplied(marketType, symbol, product.exchange.lastTrade(marketType, symbol)!.id);
    await product.exchange.whenSubscribed(marketType, 'btcusdt@aggTrade');
    await product.whenApplied(marketType, symbol, tick(10).id);
    tick(12, '111');
    await product.whenClosed(id);

    const expected = [
      { from: entryTime, to: at(1), source: 'LIVE' },
      { from: at(1), to: at(3), source: 'BACKFILL' },
      { from: at(3), to: at(5), source: 'LIVE' },
      { from: at(5), to: at(8), source: 'BACKFILL' },
      { from: at(8), to: at(12), source: 'LIVE' },
    ];
    await expect.poll(watch, { timeout: 5_000 }).toEqual(expected);

    const { feedIncidents } = await product.query<{ feedIncidents: object[] }>('{ feedIncidents { marketType from to symbols source } }');
    expect(feedIncidents).toEqual([
      { marketType, from: at(5), to: at(8), symbols: 1, source: 'BACKFILL' },
      { marketType, from: at(1), to: at(3), symbols: 1, source: 'BACKFILL' },
    ]);

    // Kept as it is, and found again after a restart.
    await expect(product.sql('UPDATE repaired_stretches SET to_time = now()')).rejects.toThrow(/append-only/);
    await expect(product.sql('DELETE FROM repaired_stretches')).rejects.toThrow(/append-only/);
    await product.restart();
    expect(await watch()).toEqual(expected);
    await product.end();
  },
);
