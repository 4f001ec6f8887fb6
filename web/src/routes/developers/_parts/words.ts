/** Every word of the page for developers that does not come from the server's code. */
export const words = {
  title: 'For developers',
  describe: 'How a bot posts signals and how anyone reads the record: GraphQL, webhooks, downloads, limits and errors.',
  lead: 'A bot posts signals with a token. Reading needs none: every figure of this site comes from the same public API.',
  contents: 'On this page',
  tools: { playground: 'Open the playground', schema: 'Download the schema' },
  copy: 'Copy',
  copied: 'Copied',

  start: {
    title: 'Quick start',
    token: 'Get a token. Whoever runs this server makes one; it is shown once, and only a hash of it is kept.',
    post: 'Post a signal. Without an entryPrice the newest market price is taken; choose levels that fit today’s price.',
    look: ['Look at it: the trade is open on the page', 'in the same moment.'],
    open: 'Open positions',
    tokenLabel: 'On the server',
    exportLabel: 'On the bot’s machine',
    postLabel: 'The signal',
  },

  signal: {
    title: 'What createSignal takes',
    rules: [
      [
        'Decimals are strings.',
        'A price is sent and answered as "42500.5", so that no digit is lost: at most 15 digits before and 18 after the point, no exponent.',
      ],
      [
        'Repeat without fear.',
        'Give each signal an externalId of your own. After a timeout or a 5xx send the same signal again: if the first arrived, the answer has duplicate: true and no second trade is opened.',
      ],
      ['Try it out.', 'createSignal(input: $input, dryRun: true) checks everything and stores nothing.'],
      ['Accepted is accepted.', 'An answer with a signal and no userErrors is on disk. Nobody can change or delete it.'],
    ],
    columns: { name: 'Field', type: 'Type', standard: 'Default', about: 'Meaning' },
    required: 'required',
    caption: 'The fields of CreateSignalInput',
    examples:
      'Ready to use, without any package to install: server/examples has a shell script, one Python file and one TypeScript file that post signals with retries.',
  },

  hooks: {
    title: 'Webhooks',
    warning:
      'The token is part of the address, since these senders cannot set headers. Use a token of its own for each, and revoke it when the address has become known.',
    tradingView: 'TradingView',
    tradingViewText: [
      'Put the address into the alert’s webhook URL and the message into its message. It may be JSON or lines of name: value.',
      'TradingView may send an alert twice. The ticker, {{timenow}}, the direction and the strategy tell which ones are the same, so that two strategies on one chart are two signals; an externalId in the message does it in your own way.',
      'The message is that of a strategy’s alert. One of an indicator has no {{strategy.…}}: write LONG or SHORT as its direction, and leave out the position. Levels are takeProfit and stopLoss as prices, or takeProfitPercent and stopLossPercent from entryPrice. A ticker that ends in .P means FUTURES.',
    ],
    address: 'Webhook URL',
    message: 'Message',
    freqtrade: 'freqtrade',
    freqtradeText: [
      'Put this block into the configuration. All values are texts, as freqtrade sends nothing else. It does not tell its stop and its targets, so the block says them.',
      'exit_fill cancels a signal that still waits. A trade that is open closes at its levels and nowhere else: nobody can close a paper trade.',
    ],
    config: 'config.json',
  },

  read: {
    title: 'Reading',
    query: 'Queries go by POST to /graphql. Each list comes in pages of at most 100 rows; pageInfo.endCursor is the next page’s after.',
    follow:
      'Subscriptions go over server-sent events, as here, or over a WebSocket on the same address with the protocol graphql-transport-ws.',
    resume:
      'Every event has a sequence without holes. Subscribe again with the last one you have as after: you get what you missed, then what happens, with no gap and no repeat. "0" begins with the first event there ever was.',
    files:
      'The whole history as a file, with the filters of the page in the address. The schema says what each field means, with its unit and its formula.',
    queryLabel: 'A query',
    followLabel: 'Every closure, from the first on',
    filesLabel: 'Downloads',
  },

  embed: {
    title: 'Badges and pieces to embed',
    text: 'Choose what your site shows and of which trades; the code below is made as you choose. Badges are pictures; pieces stay live, and any site may frame them.',
    form: 'What to show',
    what: 'What',
    kinds: {
      summary: 'Summary, live',
      equity: 'Profit over time, live',
      'win-rate': 'Badge: win rate',
      pnl: 'Badge: profit',
      trades: 'Badge: closed trades',
      since: 'Badge: on record since',
    },
    theme: 'Theme of a live piece',
    themes: { auto: 'Like the visitor’s system', light: 'Light', dark: 'Dark' },
    bot: 'Bot, as in addresses',
    strategy: 'Strategy',
    symbol: 'Symbol',
    show: 'Make the code',
    code: { html: 'HTML', markdown: 'Markdown' },
    look: 'Look at it',
  },

  errors: {
    title: 'Errors',
    refusals:
      'What is wrong with a signal stands in userErrors, everything at once, each with its field and a code that never changes its meaning.',
    refusalsCaption: 'Codes in userErrors',
    hooks:
      'A webhook answers 200 once everything is stored, 422 with the codes above where the signal is refused, 403 where its token may not do that, and one of these where the message is not looked at.',
    hooksCaption: 'Codes in userErrors of webhooks',
    request:
      'A request that cannot be answered as a whole has errors, each with a code in extensions.code. Retry on a status of 500 or above, and on 429 after the time in Retry-After.',
    requestCaption: 'Codes in extensions.code',
    columns: { code: 'Code', status: 'HTTP', about: 'Meaning' },
  },

  limits: {
    title: 'Limits',
    text: 'As this software comes; whoever runs this server may have set others.',
    caption: 'Limits of the API',
    columns: { about: 'What', value: 'At most or at least', variable: 'Setting' },
  },

  changes: {
    title: 'What changed',
    breaking: 'A change that breaks a client is announced here under “Breaking”. Everything else only adds.',
  },
} as const;
