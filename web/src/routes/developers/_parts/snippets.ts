/** What visitors copy from the page, with the address they see it under. Each is used as it is printed by developers.wire.test.ts. */

export const MAKE_TOKEN = 'npm run --silent bot -- create "My Bot"';

export function postSignal(origin: string): string {
  return `curl --silent ${origin}/graphql \\
  --header "Authorization: Bearer $BOT_TOKEN" \\
  --header 'Content-Type: application/json' \\
  --data '{
    "query": "mutation Post($input: CreateSignalInput!) { createSignal(input: $input) { signal { id entryPrice } trade { id status quantity } duplicate userErrors { field code message } } }",
    "variables": {
      "input": {
        "externalId": "my-first-signal",
        "symbol": "BTCUSDT",
        "marketType": "FUTURES",
        "direction": "LONG",
        "takeProfit": "60000",
        "stopLoss": "30000",
        "strategy": "trend"
      }
    }
  }'`;
}

export function readSummary(origin: string): string {
  return `curl --silent ${origin}/graphql \\
  --header 'Content-Type: application/json' \\
  --data '{"query": "{ performance { closedTrades totalPnl unrealizedPnl winRate { value reason } } }"}'`;
}

export function followClosures(origin: string): string {
  return `curl --no-buffer --silent ${origin}/graphql \\
  --header 'Accept: text/event-stream' \\
  --header 'Content-Type: application/json' \\
  --data '{"query": "subscription { tradeClosed(after: \\"0\\") { sequence trade { symbol direction status exitPrice realizedPnl } } }"}'`;
}

export function downloads(origin: string): string {
  return `curl --silent --output trades.csv '${origin}/bot-performance/export.csv?market=FUTURES'
curl --silent --output trades.json '${origin}/bot-performance/export.json'
curl --silent --output schema.graphql ${origin}/schema.graphql`;
}

export function tradingViewAddress(origin: string): string {
  return `${origin}/hooks/tradingview/YOUR_TOKEN`;
}

/** Placeholders: https://www.tradingview.com/support/solutions/43000531021 */
export const TRADINGVIEW_MESSAGE = `{
  "symbol": "{{exchange}}:{{ticker}}",
  "direction": "{{strategy.order.action}}",
  "position": "{{strategy.market_position}}",
  "entryPrice": {{close}},
  "takeProfitPercent": 3,
  "stopLossPercent": 1.5,
  "timeframe": "{{interval}}",
  "strategy": "trend",
  "timenow": "{{timenow}}"
}`;

/** https://www.freqtrade.io/en/stable/webhook-config/ */
export function freqtradeConfig(origin: string): string {
  return `"webhook": {
  "enabled": true,
  "url": "${origin}/hooks/freqtrade/YOUR_TOKEN",
  "format": "json",
  "retries": 3,
  "retry_delay": 1,
  "entry_fill": {
    "event": "entry_fill",
    "trade_id": "{trade_id}",
    "pair": "{pair}",
    "direction": "{direction}",
    "open_rate": "{open_rate:.8f}",
    "takeProfitPercent": "2",
    "stopLossPercent": "1",
    "strategy": "my-strategy"
  },
  "exit_fill": {
    "event": "exit_fill",
    "trade_id": "{trade_id}",
    "pair": "{pair}"
  }
}`;
}
