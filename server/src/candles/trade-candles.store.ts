import type { PrismaClient } from '../generated/prisma/client.ts';
import { Decimal } from '../kernel/decimal.ts';
import type { Kline, KlineInterval } from '../ticks/candle.ts';
import type { MarketType } from '../ticks/tick.ts';
import type { KeptCandles } from './candle-keeper.ts';
import type { ClosedLife, Extremes, TradeCandles } from './trade-candles.ts';

/** A kept chart, without the numbers of trades. */
export interface PriceChart {
  readonly interval: KlineInterval;
  readonly candles: readonly Omit<Kline, 'trades'>[];
}

export class TradeCandlesStore implements KeptCandles {
  readonly #prisma: PrismaClient;

  constructor(prisma: PrismaClient) {
    this.#prisma = prisma;
  }

  async newestClosure(): Promise<bigint> {
    const { _max } = await this.#prisma.paperTrade.aggregate({ _max: { closedSequence: true } });
    return _max.closedSequence ?? 0n;
  }

  async missing(sequence: bigint, without: readonly string[], limit: number): Promise<readonly ClosedLife[]> {
    const rows = await this.#prisma.$queryRaw<
      { id: string; sequence: bigint; market_type: MarketType; symbol: string; entry: string; exit: string; from: Date; to: Date }[]
    >`
      SELECT t.id::text AS id, t.closed_sequence AS sequence, t.market_type, t.symbol, t.entry_price::text AS entry,
        t.exit_price::text AS exit, t.entry_time AS "from", t.exit_time AS "to"
      FROM paper_trades t
      WHERE t.closed_sequence > ${sequence} AND t.id <> ALL(${[...without]}::uuid[])
        AND NOT EXISTS (SELECT 1 FROM trade_candles c WHERE c.trade_id = t.id)
      ORDER BY t.closed_sequence DESC LIMIT ${limit}`;
    return rows.map((row) => ({
      id: row.id,
      sequence: row.sequence,
      marketType: row.market_type,
      symbol: row.symbol,
      entryPrice: new Decimal(row.entry),
      exitPrice: new Decimal(row.exit),
      entryTimeMs: row.from.getTime(),
      exitTimeMs: row.to.getTime(),
    }));
  }

  /** A second chart of a trade changes nothing. */
  save(tradeId: string, candles: TradeCandles): Promise<void> {
    return this.saveAll([[tradeId, candles]]);
  }

  /** Many at once, all or none. */
  async saveAll(charts: readonly (readonly [tradeId: string, candles: TradeCandles])[]): Promise<void> {
    const rows = charts.map(([tradeId, { interval, candles, extremes }]) => ({
      trade_id: tradeId,
      interval,
      open_times: candles.map(({ openTimeMs }) => new Date(openTimeMs).toISOString()),
      opens: candles.map(({ open }) => open),
      highs: candles.map(({ high }) => high),
      lows: candles.map(({ low }) => low),
      closes: candles.map(({ close }) => close),
      lowest: extremes?.lowest.toFixed() ?? null,
      highest: extremes?.highest.toFixed() ?? null,
      resolution: extremes?.resolution ?? null,
    }));
    await this.#prisma.$executeRaw`
      INSERT INTO trade_candles (trade_id, interval, open_times, opens, highs, lows, closes, lowest, highest, resolution)
      SELECT c.* FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS c (trade_id uuid, interval text, open_times timestamptz[],
        opens numeric[], highs numeric[], lows numeric[], closes numeric[], lowest numeric, highest numeric, resolution text)
      ON CONFLICT (trade_id) DO NOTHING`;
  }

  /** Of each trade in the order asked for; null where none is kept. */
  async charts(tradeIds: readonly string[]): Promise<(PriceChart | null)[]> {
    const rows = await this.#prisma.$queryRaw<
      { id: string; interval: KlineInterval; times: Date[]; opens: string[]; highs: string[]; lows: string[]; closes: string[] }[]
    >`
      SELECT trade_id::text AS id, interval, open_times AS times, opens::text[], highs::text[], lows::text[], closes::text[]
      FROM trade_candles WHERE trade_id = ANY(${[...tradeIds]}::uuid[])`;
    const charts = new Map(
      rows.map(({ id, interval, times, opens, highs, lows, closes }) => {
        const candles = times.map((time, i) => ({
          openTimeMs: time.getTime(),
          open: opens[i]!,
          high: highs[i]!,
          low: lows[i]!,
          close: closes[i]!,
        }));
        return [id, { interval, candles }];
      }),
    );
    return tradeIds.map((id) => charts.get(id) ?? null);
  }

  /** Likewise; null also where candles are kept that do not reach from entry to exit. */
  async extremes(tradeIds: readonly string[]): Promise<(Extremes | null)[]> {
    const rows = await this.#prisma.$queryRaw<{ id: string; lowest: string; highest: string; resolution: KlineInterval }[]>`
      SELECT trade_id::text AS id, lowest::text, highest::text, resolution
      FROM trade_candles WHERE trade_id = ANY(${[...tradeIds]}::uuid[]) AND lowest IS NOT NULL`;
    const extremes = new Map(
      rows.map(({ id, lowest, highest, resolution }) => [id, { lowest: new Decimal(lowest), highest: new Decimal(highest), resolution }]),
    );
    return tradeIds.map((id) => extremes.get(id) ?? null);
  }
}
