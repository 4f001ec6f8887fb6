import type { SignalRow, TradeRow } from '../trades/rows.ts';

/** What the track record tells. A signal's move to CLOSED is told by its TradeClosed. */
export type EventKind = 'SignalReceived' | 'SignalStatusChanged' | 'TradeOpened' | 'TradeClosed';

/** One entry of the track record. Signal and trade are as they were when the entry was read. */
export type RecordEvent =
  | {
      readonly sequence: bigint;
      readonly time: Date;
      readonly kind: 'SignalReceived' | 'SignalStatusChanged';
      readonly signal: SignalRow;
      readonly trade: null;
    }
  | {
      readonly sequence: bigint;
      readonly time: Date;
      readonly kind: 'TradeOpened' | 'TradeClosed';
      readonly signal: SignalRow;
      readonly trade: TradeRow;
    };

const SEQUENCE = /^(?:0|[1-9][0-9]{0,18})$/;
const MAX_SEQUENCE = 2n ** 63n - 1n;

/** Reads a sequence as clients send it back: digits, 0 to 2^63 − 1. Anything else is undefined. */
export function parseSequence(text: string): bigint | undefined {
  if (!SEQUENCE.test(text)) return undefined;
  const sequence = BigInt(text);
  return sequence <= MAX_SEQUENCE ? sequence : undefined;
}
