import type { PrismaClient } from '../generated/prisma/client.ts';
import { Decimal } from '../kernel/decimal.ts';
import type { Kline, KlineInterval } from '../ticks/candle.ts';
import type { MarketType } from '../ticks/tick.ts';
import type { KeptCandles } from './candle-keeper.ts';
import type { ClosedLife, Extremes, TradeCandles } from './trade-candles.ts';

/** A kept chart, without the numbers of trades. */
export interface PriceChart {
  readonly interval: KlineInterval;
  /** Empty where only the extremes are asked for. */
  readonly candles: readonly Omit<Kline, 'trades'>[];
  /** Null where the candles do not reach from entry to exit. */
  readonly extremes: Extremes | null;
}

export interface AskedChart {
  readonly tradeId: string;
  readonly withCandles: boolean;
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

  /**
   * Of each trade in the order asked for; null where nothing is kept. All are of one moment: who asks for candles and extremes together
   * gets both or neither. The candles of a trade of which only the extremes are asked for are not read.
   */
  async charts(asked: readonly AskedChart[]): Promise<(PriceChart | null)[]> {
    const ids = asked.map(({ tradeId }) => tradeId);
    const whole = asked.filter(({ withCandles }) => withCandles).map(({ tradeId }) => tradeId);
    const rows = await this.#prisma.$queryRaw<
      {
        id: string;
        interval: KlineInterval;
        lowest: string | null;
        highest: string | null;
        resolution: KlineInterval | null;
        times: Date[] | null;
        opens: string[];
        highs: string[];
        lows: string[];
        closes: string[];
      }[]
    >`
      SELECT c.trade_id::text AS id, c.interval, c.lowest::text, c.highest::text, c.resolution, w.*
      FROM trade_candles c LEFT JOIN LATERAL (
        SELECT c.open_times AS times, c.opens::text[], c.highs::text[], c.lows::text[], c.closes::text[]
        WHERE c.trade_id = ANY(${whole}::uuid[])
      ) w ON true
      WHERE c.trade_id = ANY(${ids}::uuid[])`;
    const charts = new Map(
      rows.map(({ id, interval, lowest, highest, resolution, times, opens, highs, lows, closes }) => {
        const candles = (times ?? []).map((time, i) => ({
          openTimeMs: time.getTime(),
          open: opens[i]!,
          high: highs[i]!,
          low: lows[i]!,
          close: closes[i]!,
        }));
        const extremes =
          lowest && highest && resolution ? { lowest: new Decimal(lowest), highest: new Decimal(highest), resolution } : null;
        return [id, { interval, candles, extremes }];
      }),
    );
    return ids.map((id) => charts.get(id) ?? null);
  }
}
