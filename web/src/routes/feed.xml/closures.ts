import type { ResultOf } from 'gql.tada';
import { createGraphql } from '#lib/graphql/later/client.ts';
import { graphql } from '#lib/graphql/later/tada.ts';
import { moneyChange, money, price } from '#lib/format/number.ts';
import { duration } from '#lib/format/time.ts';
import { escapeXml } from '#lib/share/badge.ts';
import { commonText } from '#lib/text/common.ts';
import { shareText } from '#lib/text/later/share.ts';
import { readFilters, toTradeFilter } from '#lib/url/filters.ts';

const ENTRIES = 50;

const ClosuresQuery = graphql(`
  query Closures($filter: TradeFilter, $first: Int!) {
    trades(filter: $filter, orderBy: { field: EXIT_TIME, direction: DESC }, first: $first) {
      edges {
        node {
          id
          symbol
          marketType
          direction
          status
          entryPrice
          exitPrice
          exitTime
          durationSeconds
          fees
          realizedPnl
          priceDecimals
          signal {
            bot {
              name
            }
          }
        }
      }
    }
  }
`);
type Closure = ResultOf<typeof ClosuresQuery>['trades']['edges'][number]['node'];

const CLOSED = ['CLOSED_TP', 'CLOSED_SL', 'CLOSED_EXPIRED', 'CLOSED_DELISTED'] as const;

export async function askClosures(fetch: typeof globalThis.fetch, url: URL, nowMs: number) {
  const filter = { ...toTradeFilter(readFilters(url.searchParams).filters, nowMs), status: [...CLOSED] };
  return createGraphql(fetch).query(ClosuresQuery, { filter, first: ENTRIES });
}

/** The newest closures as an Atom feed (RFC 4287). @param origin where the pages are, without a slash at the end */
export function atomFeed(closures: readonly Closure[], origin: string, self: string, nowMs: number): string {
  const updated = closures[0]?.exitTime ?? new Date(nowMs).toISOString();
  const title = escapeXml(shareText.feed.title(commonText.product));
  return `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
  <title>${title}</title>
  <id>${escapeXml(origin)}/bot-performance</id>
  <updated>${updated}</updated>
  <link rel="self" href="${escapeXml(self)}"/>
  <link rel="alternate" href="${escapeXml(origin)}/bot-performance"/>
${closures.map((closure) => entry(closure, origin)).join('')}</feed>
`;
}

function entry(trade: Closure, origin: string): string {
  const { symbol, marketType, direction, status, exitPrice, exitTime, realizedPnl, priceDecimals, fees, durationSeconds } = trade;
  const result = moneyChange(realizedPnl ?? '0').text;
  const title = shareText.feed.entry(symbol, commonText.side[direction], commonText.outcome[status], result);
  const summary = shareText.feed.summary(
    commonText.market[marketType],
    price(trade.entryPrice, priceDecimals),
    price(exitPrice ?? '0', priceDecimals),
    duration(durationSeconds ?? 0),
    money(fees ?? '0'),
  );
  return `  <entry>
    <title>${escapeXml(title)}</title>
    <id>${escapeXml(origin)}/trades/${trade.id}</id>
    <updated>${exitTime ?? ''}</updated>
    <link rel="alternate" href="${escapeXml(origin)}/trades/${trade.id}"/>
    <author><name>${escapeXml(trade.signal.bot.name)}</name></author>
    <summary>${escapeXml(summary)}</summary>
  </entry>
`;
}
