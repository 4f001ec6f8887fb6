import { CREATE_SIGNAL, PRICES } from '../testkit/documents.ts';
import { BotsStore } from '../src/signals/bots.store.ts';
import { until } from '../testkit/waiting.ts';
import { startWholeServer } from '../verify/whole-server.ts';

/** The first is also where the record's closed trades come from: its open position keeps it watched between them. */
const symbolOf = (row: number) => ({ marketType: 'FUTURES', symbol: `COIN${row}USDT`, price: '100' }) as const;
const PAST = symbolOf(0);
const MOST_ROWS = 50;
const AT_ONCE = 50;

export interface PageSite {
  /** Without a slash at the end. */
  readonly url: string;
  /** Opens positions until there are so many, each on a symbol of its own. */
  open(rows: number): Promise<void>;
  /** Moves the price of each open position so often; the answer ends it. */
  move(everyMs: number): () => void;
  stop(): Promise<void>;
}

/** The whole product with its pages, and a record of so many closed trades. */
export async function pageSite(closedTrades: number): Promise<PageSite> {
  const unlimited = { API_COST_CAPACITY: '1000000000', API_COST_PER_SECOND: '1000000000', API_MAX_HEAVY_REQUESTS: '1000000' };
  const { server, exchange, stop } = await startWholeServer(
    unlimited,
    undefined,
    Array.from({ length: MOST_ROWS }, (_, row) => symbolOf(row)),
  );
  const { token } = await new BotsStore(server.database.prisma).create('Bench', server.clock, server.newId, server.randomBytes);
  const ask = async (query: string, variables: object): Promise<unknown> => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    const response = await fetch(`${server.url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
    return ((await response.json()) as { data?: unknown }).data;
  };
  /** Every second one is short; its levels are as far away on both sides. */
  const post = async (symbol: string, nth: number, reach: number): Promise<boolean> => {
    const [above, below] = [String(100 + reach), String(100 - reach)];
    const side =
      nth % 2 === 0
        ? { direction: 'LONG', takeProfit: above, stopLoss: below }
        : { direction: 'SHORT', takeProfit: below, stopLoss: above };
    const input = { marketType: 'FUTURES', symbol, entryPrice: '100', strategy: `strategy-${nth % 3}`, ...side };
    const data = (await ask(CREATE_SIGNAL, { input })) as { createSignal: { trade: object | null } } | undefined;
    return Boolean(data?.createSignal.trade);
  };
  const closed = async (): Promise<number> =>
    ((await ask('{ performance { closedTrades } }', {})) as { performance: { closedTrades: number } }).performance.closedTrades;

  const newestId = async (): Promise<number> => {
    const { marketType, symbol } = PAST;
    const data = (await ask(PRICES, { symbols: [{ marketType, symbol }] })) as { prices: { aggregateTradeId: string | null }[] };
    return Number(data.prices[0]?.aggregateTradeId);
  };

  /** Half of them win, half of them lose. */
  const makePast = async (): Promise<void> => {
    await until(async () => ((await post(PAST.symbol, 0, 50)) ? true : undefined), 'the symbols', 60_000);
    for (let made = 0; made < closedTrades; made += AT_ONCE) {
      const count = Math.min(AT_ONCE, closedTrades - made);
      await Promise.all(Array.from({ length: count }, (_, nth) => post(PAST.symbol, nth, 1)));
      exchange.tick({ ...PAST, price: '101.5' });
      await until(async () => ((await closed()) >= made + count ? true : undefined), 'the closures', 60_000);
      const { id } = exchange.tick({ ...PAST, price: '100' });
      await until(async () => ((await newestId()) === id ? true : undefined), 'the next price', 60_000);
    }
  };

  let rows = 1;
  try {
    await makePast();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url: server.url,
    open: async (count) => {
      const more = Array.from({ length: count - rows }, (_, i) => symbolOf(rows + i));
      await Promise.all(more.map(({ symbol }, nth) => post(symbol, nth, 50)));
      rows = count;
    },
    move: (everyMs) => {
      let step = 0;
      const timer = setInterval(() => {
        step += 1;
        for (let row = 0; row < rows; row += 1) {
          const price = (100 + Math.sin(step / 7 + row) * 3).toFixed(2);
          exchange.tick({ ...symbolOf(row), price });
        }
      }, everyMs);
      return () => clearInterval(timer);
    },
    stop,
  };
}
