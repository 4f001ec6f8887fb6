import type { RestFault } from '../simulator/rest.ts';
import { AGG_TRADES, DURING, MINUTE_MS, REST_LIMIT, SECOND_MS, around, demand, manySymbols, onStage } from './feed-story.ts';
import type { FeedVariant } from './feed-story.ts';
import { SYMBOL } from './stage.ts';
import type { Stage } from './stage.ts';

/** F11: REST refuses, fails, trails or is short of weight. */
export function restVariants(): readonly FeedVariant[] {
  const outage = async (stage: Stage, mode: RestFault, during: () => Promise<void>) => {
    stage.openAround(4);
    await stage.inSync();
    await stage.prints([101, 100]);
    stage.exchange.refuseConnections(true, stage.marketType);
    stage.exchange.dropConnections({ marketType: stage.marketType });
    await stage.prints(DURING, SECOND_MS);
    stage.exchange.faults.setRestMode(stage.marketType, mode);
    stage.exchange.refuseConnections(false);
    await during();
    demand(stage.record.openTrades.length === 2, 'a trade was closed although nothing is known of the hole');
    demand(!stage.worker.inSync(stage.marketType, SYMBOL), 'the symbol counts as in sync although nothing is known of the hole');
    stage.exchange.faults.setRestMode(stage.marketType, null);
    await stage.finish(2);
  };
  const pausing = (status: number, seconds: number): FeedVariant => ({
    fault: 'F11',
    name: `REST answers ${status} with Retry-After ${seconds}: not one request meanwhile`,
    isShort: status === 429,
    run: (options) =>
      onStage(options, async (stage) => {
        await outage(stage, { status, headers: { 'retry-after': String(seconds) } }, () => stage.run((seconds + 20) * SECOND_MS));
        const pauses = stage.exchange.faults.restPauses(stage.marketType);
        const early = pauses.reduce((sum, { requests }) => sum + requests, 0);
        demand(pauses.length > 0 && early === 0, `${early} requests during ${pauses.length} pauses`);
      }),
  });
  const failing = (name: string, mode: RestFault, forMs = 30 * SECOND_MS): FeedVariant => ({
    fault: 'F11',
    name: `REST ${name}`,
    run: (options) => onStage(options, (stage) => outage(stage, mode, () => stage.run(forMs))),
  });
  return [
    pausing(429, 30),
    pausing(418, 120),
    pausing(403, 60),
    pausing(451, 60),
    failing('answers 403 without Retry-After', { status: 403 }, 90 * SECOND_MS),
    ...[500, 502, 503, 504].map((status) => failing(`answers ${status}`, { status })),
    failing('never answers', { hang: true }),
    failing('answers after 15 s, too late', { delayMs: 15 * SECOND_MS }),
    failing('answers truncated JSON', { body: '[{"a":1,"p":"104' }),
    failing('answers HTML with status 200', { body: '<html>blocked</html>' }),
    failing('answers an object in place of a list', { body: '{}' }),
    {
      fault: 'F11',
      name: 'REST trails the stream by 3 s',
      run: (options) =>
        onStage(options, (stage) =>
          around(
            stage,
            () => {
              stage.exchange.faults.setRestLag(stage.marketType, 3 * SECOND_MS);
              stage.exchange.dropConnections({ marketType: stage.marketType });
            },
            () => {},
            (on) => on.prints(DURING, 50),
          ),
        ),
    },
    {
      fault: 'F11',
      name: 'a backlog of 10,000 trades within half of the request weight',
      run: (options) =>
        onStage(options, async (stage) => {
          stage.openAround(4);
          await stage.inSync();
          stage.exchange.refuseConnections(true, stage.marketType);
          stage.exchange.dropConnections({ marketType: stage.marketType });
          for (let count = 0; count < 10_000; count += 1)
            stage.print(count === 7_777 ? '104.5' : count === 8_888 ? '95' : '100', { broadcast: false });
          stage.exchange.refuseConnections(false);
          await stage.finish(2);
          const peak = stage.exchange.faults.peakWeight(stage.marketType);
          demand(peak <= REST_LIMIT[stage.marketType] / 2, `${peak} of ${REST_LIMIT[stage.marketType]} weight used in one minute`);
        }),
    },
    {
      fault: 'F11',
      name: '200 symbols to be proven after a reconnect within half of the request weight',
      run: (options) =>
        onStage({ ...options, symbols: manySymbols(options.marketType ?? 'SPOT', 200) }, async (stage) => {
          for (let index = 0; index < 200; index += 1) stage.open('LONG', '104', '96', { symbol: `M${index}USDT` });
          await stage.inSync(30 * MINUTE_MS);
          stage.exchange.dropConnections({ marketType: stage.marketType });
          for (let index = 0; index < 200; index += 1) stage.print('104.5', { symbol: `M${index}USDT`, broadcast: false });
          await stage.until(() => stage.record.openTrades.length === 0, 'all closures', 30 * MINUTE_MS);
          await stage.finish(200);
          const peak = stage.exchange.faults.peakWeight(stage.marketType);
          demand(peak <= REST_LIMIT[stage.marketType] / 2, `${peak} of ${REST_LIMIT[stage.marketType]} weight used in one minute`);
        }),
    },
    {
      fault: 'F11',
      name: 'the repair asks for nothing but aggTrades and candles of what is missing',
      run: (options) =>
        onStage(options, async (stage) => {
          stage.openAround(4);
          await stage.inSync();
          const before = stage.exchange.requests(stage.marketType).length;
          stage.exchange.dropConnections({ marketType: stage.marketType });
          await stage.prints(DURING, 10);
          await stage.finish(2);
          const asked = stage.exchange.requests(stage.marketType).slice(before);
          const pages = asked.filter(({ path }) => path === AGG_TRADES[stage.marketType]).length;
          demand(pages <= 6, `${pages} pages for a hole of 5 trades`);
        }),
    },
  ];
}
