import { describe, expect, test } from 'vitest';
import { page, tableUnder } from '../../testkit/doc-tables.ts';
import type { TradeFilter } from '../trades/trade-filter.ts';
import { BadParameter, EXPORT_PARAMETERS, filterFromQuery } from './export-filter.ts';

const NOW = new Date('2026-11-24T21:00:00.000Z');

describe('the filter in a URL', () => {
  test.for<[string, TradeFilter]>([
    ['', {}],
    ['&', {}],
    ['symbol=BTCUSDT', { symbol: ['BTCUSDT'] }],
    ['symbol=BTCUSDT,ETHUSDT', { symbol: ['BTCUSDT', 'ETHUSDT'] }],
    ['symbol=BTCUSDT%2CETHUSDT', { symbol: ['BTCUSDT', 'ETHUSDT'] }],
    ['symbol=BTCUSDT&symbol=ETHUSDT', { symbol: ['BTCUSDT', 'ETHUSDT'] }],
    ['strategy=a%2Cb,c+d', { strategy: ['a,b', 'c d'] }],
    ['strategy=%E5%B8%81%F0%9F%9A%80%3D%26', { strategy: ['币🚀=&'] }],
    ['strategy=a=b', { strategy: ['a=b'] }],
    ['bot=one&timeframe=1h&timeframe=1M', { bot: ['one'], timeframe: ['1h', '1M'] }],
    ['market=spot&side=Long', { marketType: ['SPOT'], direction: ['LONG'] }],
    ['marketType=SPOT&market=FUTURES&direction=SHORT', { marketType: ['SPOT', 'FUTURES'], direction: ['SHORT'] }],
    ['status=closed_tp,CLOSED_SL', { status: ['CLOSED_TP', 'CLOSED_SL'] }],
    ['result=win,loss,even', { result: ['WIN', 'LOSS', 'FLAT'] }],
    ['symbol=&strategy=&result=&from=&to=', {}],
    ['from=2026-01-01&to=2026-01-31', { from: new Date('2026-01-01T00:00:00.000Z'), to: new Date('2026-01-31T23:59:59.999Z') }],
    ['from=2026-01-01T01:00:00%2B01:00', { from: new Date('2026-01-01T00:00:00.000Z') }],
    ['symbol=btcusdt', { symbol: ['BTCUSDT'] }],
    ['period=7d', { from: new Date('2026-11-18T00:00:00.000Z') }],
    ['period=1y&from=2026-01-01&to=2026-01-31', { from: new Date('2025-11-25T00:00:00.000Z') }],
    ['period=all&from=', {}],
    ['period=&to=2026-01-31', { to: new Date('2026-01-31T23:59:59.999Z') }],
    ['period=custom&from=2026-01-01', { from: new Date('2026-01-01T00:00:00.000Z') }],
    ['sort=pnl&dir=asc&col=symbol&col=pnl&after=x&by=strategy&side=LONG', { direction: ['LONG'] }],
  ])('%s', ([query, filter]) => {
    expect(filterFromQuery(query, NOW)).toEqual(filter);
  });

  test.for([
    ['nosuch=1', /no parameter "nosuch".*strategy/],
    ['__proto__=1', /no parameter "__proto__"/],
    ['=1', /no parameter ""/],
    ['market=COIN', /market is one of SPOT, FUTURES, not "COIN"/],
    ['result=jackpot', /result is one of WIN, LOSS, FLAT, EVEN/],
    ['status=CLOSED', /status is one of/],
    ['from=yesterday', /from is a day/],
    ['from=2026-02-30', /from is a day/],
    ['to=2026-01-01T00:00:00', /to is a day/],
    ['from=2026-01-01&from=2026-01-02', /from is given twice/],
    ['period=2d', /period is one of 7d, 30d, 90d, 1y, all, custom/],
    ['symbol=%', /not percent-encoded/],
    ['symbol=%ff', /not percent-encoded/],
  ] as const)('%s is refused', ([query, message]) => {
    expect(() => filterFromQuery(query, NOW)).toThrow(BadParameter);
    expect(() => filterFromQuery(query, NOW)).toThrow(message);
  });

  test('the parameters are those of EXPORT.md', () => {
    const [, ...rows] = tableUnder(page('EXPORT.md'), '## Parameters');
    expect(rows.flatMap(([names]) => [...(names ?? '').matchAll(/`(\w+)`/g)].map(([, name]) => name)).sort()).toEqual(
      [...EXPORT_PARAMETERS].sort(),
    );
  });
});
