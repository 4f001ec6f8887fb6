import type { ResultOf } from 'gql.tada';
import type { Loaded } from '../loaded.ts';
import { graphql } from './tada.ts';

/** What the analysis page is made of, as parts of the page's one query; each can be asked for alone where the whole fails. */

const PeriodRow = graphql(`
  fragment PeriodRow on PeriodPnl {
    start
    pnl
    closedTrades
    wins
  }
`);

const KeyRow = graphql(`
  fragment KeyRow on BreakdownRow {
    key
    performance {
      closedTrades
      wins
      losses
      flats
      totalPnl
    }
  }
`);

const months = graphql('fragment MonthsPart on Query { months: pnlByPeriod(period: MONTH, filter: $filter) { ...PeriodRow } }', [
  PeriodRow,
]);
const days = graphql('fragment DaysPart on Query { days: pnlByPeriod(period: DAY, filter: $filter) { ...PeriodRow } }', [PeriodRow]);
const distribution = graphql(
  'fragment DistributionPart on Query { distribution: pnlDistribution(filter: $filter, bins: 24) { from to count } }',
);
const symbol = graphql('fragment SymbolPart on Query { symbol: breakdown(by: SYMBOL, filter: $filter) { ...KeyRow } }', [KeyRow]);
const strategy = graphql('fragment StrategyPart on Query { strategy: breakdown(by: STRATEGY, filter: $filter) { ...KeyRow } }', [KeyRow]);
const timeframe = graphql('fragment TimeframePart on Query { timeframe: breakdown(by: TIMEFRAME, filter: $filter) { ...KeyRow } }', [
  KeyRow,
]);
const weekday = graphql('fragment WeekdayPart on Query { weekday: breakdown(by: WEEKDAY, filter: $filter) { ...KeyRow } }', [KeyRow]);
const hour = graphql('fragment HourPart on Query { hour: breakdown(by: HOUR, filter: $filter) { ...KeyRow } }', [KeyRow]);
/** Asked beside the page's own query, as the benchmark is. */
export const ExcursionsQuery = graphql(`
  query Excursions($closed: TradeFilter) {
    excursions: trades(filter: $closed, orderBy: { field: EXIT_TIME, direction: DESC }, first: 100) {
      edges {
        node {
          id
          symbol
          direction
          realizedPnl
          maxAdverseExcursion {
            percent
          }
          maxFavourableExcursion {
            percent
          }
        }
      }
    }
  }
`);

export const AnalysisPart = graphql(
  `
    fragment AnalysisPart on Query {
      ...MonthsPart
      ...DaysPart
      ...DistributionPart
      ...SymbolPart
      ...StrategyPart
      ...TimeframePart
      ...WeekdayPart
      ...HourPart
    }
  `,
  [months, days, distribution, symbol, strategy, timeframe, weekday, hour],
);

export const AnalysisQueries = {
  months: graphql('query Months($filter: TradeFilter) { ...MonthsPart }', [months]),
  days: graphql('query Days($filter: TradeFilter) { ...DaysPart }', [days]),
  distribution: graphql('query Distribution($filter: TradeFilter) { ...DistributionPart }', [distribution]),
  symbol: graphql('query BySymbol($filter: TradeFilter) { ...SymbolPart }', [symbol]),
  strategy: graphql('query ByStrategy($filter: TradeFilter) { ...StrategyPart }', [strategy]),
  timeframe: graphql('query ByTimeframe($filter: TradeFilter) { ...TimeframePart }', [timeframe]),
  weekday: graphql('query ByWeekday($filter: TradeFilter) { ...WeekdayPart }', [weekday]),
  hour: graphql('query ByHour($filter: TradeFilter) { ...HourPart }', [hour]),
} as const;

type Data = ResultOf<typeof AnalysisPart>;
/** Each chart's numbers, or why they are missing. */
export type Analysis = { [Name in keyof Data]: Loaded<Data[Name]> };
export type ExcursionTrade = ResultOf<typeof ExcursionsQuery>['excursions']['edges'][number]['node'];
export type PeriodResult = Data['days'][number];
export type KeyResult = Data['symbol'][number];
export type Bin = Data['distribution'][number];
