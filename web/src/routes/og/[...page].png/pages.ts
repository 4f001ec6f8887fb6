import { moneyChange, count, money, percent, price, ratio } from '#lib/format/number.ts';
import { splitSymbol } from '#lib/format/symbol.ts';
import { dateTime, date, duration } from '#lib/format/time.ts';
import { createGraphql } from '#lib/graphql/later/client.ts';
import { graphql } from '#lib/graphql/later/tada.ts';
import { mapLoaded, type Loaded } from '#lib/graphql/loaded.ts';
import type { Choices } from '#lib/graphql/page-answer.ts';
import { commonText } from '#lib/text/common.ts';
import { comparisonText } from '#lib/text/later/comparison.ts';
import { pictureText as t } from '#lib/text/later/picture.ts';
import { readFilters, toTradeFilter, type Filters } from '#lib/url/filters.ts';
import { rowName } from '../../bot-performance/_parts/later/by.ts';
import { equity, toCurve } from '../../bot-performance/_parts/equity.ts';
import { inWords } from '../../bot-performance/_parts/filter-words.ts';
import { readCompare } from '../../bot-performance/compare/address.ts';
import { askComparison } from '../../bot-performance/compare/comparison.ts';
import { overlay } from '../../bot-performance/compare/lines.ts';
import { readBoard, type Evidence } from '../../bot-performance/leaderboard/address.ts';
import { askLeaderboard, type Board } from '../../bot-performance/leaderboard/board.ts';
import { askReceipt } from '../../trades/[id]/receipt.ts';
import type { Picture } from './svg.ts';

/** A picture, and what it is of: while that stays, so does the picture. */
export interface Drawing {
  state: string;
  picture: Picture;
}

const CURVE_POINTS = 300;
const ROWS = 5;
const ZONE = 'UTC';

const BasisQuery = graphql(`
  query PictureBasis {
    marketFeeds {
      simulated
    }
    bots {
      slug
      name
    }
  }
`);

const SummaryQuery = graphql(`
  query PictureSummary($filter: TradeFilter, $points: Int) {
    performance(filter: $filter) {
      asOf
      sequence
      firstEntryAt
      closedTrades
      wins
      losses
      flats
      totalPnl
      maxDrawdown
      winRate {
        value
      }
      profitFactor {
        value
      }
    }
    equityCurve(filter: $filter, points: $points) {
      time
      totalPnl
      drawdown
      closedTrades
    }
  }
`);

export const PICTURES = ['overview', 'history', 'compare', 'leaderboard'] as const;
type Fetch = typeof globalThis.fetch;

/** What the picture of a page shows; null where there is no such page. @param name "overview", "trades/…" */
export async function askDrawing(fetch: Fetch, name: string, params: URLSearchParams, nowMs: number): Promise<Loaded<Drawing | null>> {
  const known = PICTURES.find((page) => page === name);
  const trade = /^trades\/([\w-]+)$/.exec(name)?.[1];
  if (known === undefined && trade === undefined) return { ok: true, data: null };
  const asked = await createGraphql(fetch).query(BasisQuery, {});
  if (!asked.ok) return asked;
  const { marketFeeds, bots } = asked.data;
  const { filters } = readFilters(params);
  const basis: Basis = {
    filters,
    choices: { symbol: [], strategy: [], timeframe: [], bot: bots },
    tags: [commonText.paper, ...(marketFeeds.some(({ simulated }) => simulated) ? [t.simulated] : [])],
  };
  if (trade !== undefined) return ofTrade(fetch, trade, basis);
  if (known === 'compare') return ofComparison(fetch, params, basis, nowMs);
  if (known === 'leaderboard') return ofLeaderboard(fetch, params, basis, nowMs);
  return ofSummary(fetch, known === 'history' ? t.history : t.overview, basis, nowMs);
}

interface Basis {
  filters: Filters;
  choices: Choices;
  tags: string[];
}

const EMPTY = { figure: null, facts: [], rows: [], lines: [], zero: null } as const;
const NONE = comparisonText.noValue;

/** Over how many trades it speaks, since when, as of when; and of which trades. */
function notesOf({ filters, choices }: Basis, { asOf, firstEntryAt, closedTrades }: Evidence): [string, string] {
  const only = inWords(filters, choices).join(' · ');
  const since = firstEntryAt === null ? '' : date(firstEntryAt, ZONE);
  return [t.sample(count(closedTrades), since, `${dateTime(asOf, ZONE)} ${ZONE}`), only ? t.only(only) : t.noMoney];
}

async function ofSummary(fetch: Fetch, title: string, basis: Basis, nowMs: number): Promise<Loaded<Drawing>> {
  const filter = toTradeFilter(basis.filters, nowMs);
  const asked = await createGraphql(fetch).query(SummaryQuery, { filter, points: CURVE_POINTS });
  return mapLoaded(asked, ({ performance: p, equityCurve }) => {
    const chart = equity(toCurve(equityCurve), nowMs, null);
    const figure = moneyChange(p.totalPnl);
    return {
      state: p.sequence,
      picture: {
        ...EMPTY,
        title,
        tags: basis.tags,
        figure,
        facts: [
          { label: t.winRate, value: p.winRate.value === null ? NONE : percent(p.winRate.value) },
          { label: t.outcomes, value: comparisonText.outcomes(count(p.wins), count(p.losses), count(p.flats)) },
          { label: t.profitFactor, value: p.profitFactor.value === null ? NONE : ratio(p.profitFactor.value) },
          { label: t.drawdown, value: money(p.maxDrawdown) },
        ],
        lines: chart ? [{ path: chart.line, name: '', value: figure.text }] : [],
        zero: chart?.zero ?? null,
        notes: notesOf(basis, p),
      },
    };
  });
}

async function ofComparison(fetch: Fetch, params: URLSearchParams, basis: Basis, nowMs: number): Promise<Loaded<Drawing>> {
  const address = readCompare(params);
  const asked = await askComparison(fetch, address, toTradeFilter(basis.filters, nowMs));
  return mapLoaded(asked, ({ performance: p, choice, curves }) => {
    const nameOf = (key: string): string => rowName(address.by, key, { ok: true, data: basis.choices });
    const series = choice.shown.map((key, i) => {
      const curve = curves[i];
      return { key, name: nameOf(key), points: curve?.ok ? toCurve(curve.data) : [] };
    });
    const chart = overlay(series, address.axis, Date.parse(p.asOf));
    return {
      state: p.sequence,
      picture: {
        ...EMPTY,
        title: t.compare(comparisonText.by[address.by]),
        tags: basis.tags,
        lines:
          chart?.lines.map(({ key, name, path }) => {
            const last = series.find((each) => each.key === key)?.points.at(-1);
            return { path, name, value: moneyChange(last?.total ?? 0).text };
          }) ?? [],
        zero: chart?.zero ?? null,
        notes: notesOf(basis, p),
      },
    };
  });
}

async function ofLeaderboard(fetch: Fetch, params: URLSearchParams, basis: Basis, nowMs: number): Promise<Loaded<Drawing>> {
  const { by, sort } = readBoard(params);
  const asked = await askLeaderboard(fetch, { by, sort }, toTradeFilter(basis.filters, nowMs));
  const figureOf = ({
    totalPnl,
    winRate,
    profitFactor,
    expectancy,
    expectancyInterval,
    sharpe,
  }: Board['leaderboard'][number]['performance']) => {
    const value = {
      'expectancy-low': () => expectancyInterval?.low ?? null,
      expectancy: () => expectancy.value,
      pnl: () => totalPnl,
      'win-rate': () => winRate.value,
      'profit-factor': () => profitFactor.value,
      sharpe: () => sharpe.value,
    }[sort]();
    if (value === null) return { value: NONE, direction: 'flat' } as const;
    if (sort === 'win-rate') return { value: percent(value), direction: 'flat' } as const;
    if (sort === 'profit-factor' || sort === 'sharpe') return { value: ratio(value), direction: 'flat' } as const;
    const { text, direction } = moneyChange(value);
    return { value: text, direction };
  };
  return mapLoaded(asked, ({ performance: p, leaderboard }) => ({
    state: p.sequence,
    picture: {
      ...EMPTY,
      title: t.leaderboard(comparisonText.by[by], t.figures[sort]),
      tags: basis.tags,
      facts: leaderboard.length === 0 ? [{ label: t.nobody, value: '' }] : [],
      rows: leaderboard.slice(0, ROWS).map(({ rank, key, performance }) => ({
        rank: count(rank),
        name: rowName(by, key, { ok: true, data: basis.choices }),
        small: t.trades(count(performance.closedTrades)),
        ...figureOf(performance),
      })),
      notes: notesOf(basis, p),
    },
  }));
}

async function ofTrade(fetch: Fetch, id: string, basis: Basis): Promise<Loaded<Drawing | null>> {
  const asked = await askReceipt(fetch, id);
  return mapLoaded(asked, ({ trade }) => {
    if (!trade) return null;
    const { base, quote } = splitSymbol(trade.symbol);
    const closed = trade.exitPrice !== null && trade.realizedPnl !== null;
    const at = (value: string | null): string => (value === null ? NONE : price(value, trade.priceDecimals));
    return {
      state: trade.status,
      picture: {
        ...EMPTY,
        title: `${base}${quote && `/${quote}`} ${commonText.side[trade.direction]}`,
        tags: basis.tags,
        figure: closed ? moneyChange(trade.realizedPnl ?? '0') : { text: commonText.outcome.OPEN, direction: 'flat' },
        facts: [
          { label: t.entry, value: at(trade.entryPrice) },
          closed
            ? { label: commonText.outcome[trade.status], value: at(trade.exitPrice) }
            : { label: t.market, value: commonText.market[trade.marketType] },
          { label: t.target, value: at(trade.takeProfit) },
          { label: t.stop, value: at(trade.stopLoss) },
        ],
        notes: [
          closed
            ? t.closed(commonText.market[trade.marketType], duration(trade.durationSeconds ?? 0), trade.signal.bot.name)
            : t.open(trade.signal.bot.name),
          closed && trade.exitTime
            ? t.closedAt(`${dateTime(trade.exitTime, ZONE)} ${ZONE}`)
            : t.openedAt(`${dateTime(trade.entryTime, ZONE)} ${ZONE}`),
        ],
      },
    };
  });
}
