/** Longest first, so that FDUSD is not read as a coin named FD in USD. */
const QUOTES = ['FDUSD', 'USDT', 'USDC', 'TUSD', 'BUSD', 'USD', 'EUR', 'TRY', 'BTC', 'ETH', 'BNB'];

/** "BTCUSDT" as its two assets; the quote is empty where it is not known. */
export function splitSymbol(symbol: string): { base: string; quote: string } {
  const quote = QUOTES.find((known) => symbol.endsWith(known) && symbol.length > known.length) ?? '';
  return { base: symbol.slice(0, symbol.length - quote.length), quote };
}
