/** What the playground opens with: each tab is a question that can be asked as it stands, the last one with a bot's token. */

export interface PlaygroundTab {
  readonly query: string;
  /** JSON */
  readonly variables?: string;
  /** JSON */
  readonly headers?: string;
}

const SUMMARY = `# How is it going? The button, or Ctrl-Enter, asks. What each field means stands under "Docs", on the left.
# The filter may be left out, and so may each part of it: there are bot, strategy, symbol, timeframe, direction, from, to, too.
query Summary {
  performance(filter: { marketType: [FUTURES] }) {
    closedTrades
    wins
    losses
    totalPnl
    unrealizedPnl
    winRate { value reason }
    profitFactor { value reason }
    maxDrawdown
  }
}
`;

const OPEN_POSITIONS = `# What is open now, each with the newest price and what it would bring after fees.
query OpenPositions {
  openPositions {
    asOf
    count
    totalUnrealizedPnl
    positions {
      id
      symbol
      marketType
      direction
      entryPrice
      currentPrice
      currentPriceTime
      unrealizedPnl
    }
  }
}
`;

const LATEST_CLOSURES = `# What closed last, a page at a time. For the next page put pageInfo.endCursor into the variable "after".
query LatestClosures($first: Int!, $after: String, $filter: TradeFilter) {
  trades(first: $first, after: $after, filter: $filter, orderBy: { field: EXIT_TIME, direction: DESC }) {
    totalCount
    edges {
      node {
        id
        symbol
        direction
        status
        exitPrice
        exitTime
        realizedPnl
        closedBy { source aggregateTradeId price }
      }
    }
    pageInfo { hasNextPage endCursor }
  }
}
`;

const LIVE = `# Every closure as it happens, over a WebSocket. Each has a sequence: give the last one you have as "after",
# and you get what you missed, then what happens, with no gap and no repeat.
subscription Closures($after: String) {
  tradeClosed(after: $after) {
    sequence
    trade { symbol direction status exitPrice realizedPnl }
  }
}
`;

const CREATE_SIGNAL = `# Posts a signal, for a bot. Its token goes into "Headers" below, in place of YOUR_TOKEN; the signal is in "Variables".
# Prices are strings, so that no digit is lost. The same externalId again answers with the first signal: nothing is posted twice.
# What is wrong with a signal comes back in userErrors, all at once, and nothing is stored then.
mutation PostSignal($input: CreateSignalInput!) {
  createSignal(input: $input) {
    signal { id entryPrice status }
    trade { id status quantity }
    duplicate
    userErrors { field code message }
  }
}
`;

const CLOSED = ['CLOSED_TP', 'CLOSED_SL', 'CLOSED_EXPIRED', 'CLOSED_DELISTED'];

const SIGNAL = {
  externalId: 'my-first-signal',
  symbol: 'BTCUSDT',
  marketType: 'FUTURES',
  direction: 'LONG',
  takeProfit: '60000',
  stopLoss: '30000',
  strategy: 'trend',
};

export const PLAYGROUND_TABS: readonly PlaygroundTab[] = [
  { query: SUMMARY }, // GraphiQL shows no variables in a first tab
  { query: OPEN_POSITIONS },
  { query: LATEST_CLOSURES, variables: json({ first: 20, filter: { status: CLOSED } }) },
  { query: LIVE },
  { query: CREATE_SIGNAL, variables: json({ input: SIGNAL }), headers: json({ Authorization: 'Bearer YOUR_TOKEN' }) },
];

function json(value: object): string {
  return JSON.stringify(value, null, 2);
}
