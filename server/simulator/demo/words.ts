import { levelsAround } from './levels.ts';

export interface DemoFacts {
  readonly port: number;
  readonly token: string;
  /** Of BTCUSDT on FUTURES, now. */
  readonly price: string;
  readonly dataPlace: string;
}

/** Far enough away that the command still fits a quarter of an hour later as a rule. */
const GUEST_LEVELS = { takeProfit: 0.025, stopLoss: 0.02 };
/** BTCUSDT's futures go by ten cents; whole dollars are easier to read. */
const GUEST_DECIMALS = 0;

/** What the demo says when it runs. */
export function welcome({ port, token, price, dataPlace }: DemoFacts): string {
  const origin = `http://localhost:${port}`;
  return `
Bot Performance runs. Its prices are simulated; nothing here is real money.

  The page      ${origin}/bot-performance
  The API       ${origin}/graphql   (in a browser: its playground)

Post a signal of your own. Within a second its trade is on the page:

${curlCommand(origin, token, price)}

Without an entryPrice the trade opens at the market price, now near ${price}. Prices move: should the answer say that a level
is already reached, choose others.

  The data      ${dataPlace}
  To stop       Ctrl-C; the next start goes on from there
`;
}

/** And when it has ended in order. */
export const FAREWELL = '\nStopped. The next start goes on from here.\n';

/** Runs in a shell as it stands. */
export function curlCommand(origin: string, token: string, price: string): string {
  const { takeProfit, stopLoss } = levelsAround(price, 'LONG', GUEST_LEVELS, GUEST_DECIMALS);
  return `curl --silent ${origin}/graphql \\
  --header 'Authorization: Bearer ${token}' \\
  --header 'Content-Type: application/json' \\
  --data '{
    "query": "mutation Post($input: CreateSignalInput!) { createSignal(input: $input) { signal { id entryPrice } trade { id status } userErrors { field code message } } }",
    "variables": {
      "input": {
        "symbol": "BTCUSDT",
        "marketType": "FUTURES",
        "direction": "LONG",
        "takeProfit": "${takeProfit}",
        "stopLoss": "${stopLoss}",
        "confidence": 0.8,
        "timeframe": "15m",
        "strategy": "my-first-strategy"
      }
    }
  }'`;
}
