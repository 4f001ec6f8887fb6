import type { Cancel, Clock } from '../kernel/clock.ts';

/** What is looked at of an HTTP answer that is streamed. */
export interface StreamedResponse {
  readonly writableNeedDrain: boolean;
  readonly writableEnded: boolean;
  readonly writableFinished: boolean;
  destroy(): unknown;
  on(event: 'drain', listener: () => void): unknown;
  once(event: 'close', listener: () => void): unknown;
}

/**
 * Cuts a streamed answer whose reader has taken nothing for `stallMs`. The stream's source already waits for it and holds a
 * bounded mailbox; the connection itself and what the kernel buffers for it would stay for ever.
 */
export function cutWhenStalled(response: StreamedResponse, clock: Clock, stallMs: number): void {
  let stalledSinceMs: number | undefined;
  const stopLooking: Cancel = clock.every(stallMs / 4, () => {
    const isWaiting = response.writableNeedDrain || (response.writableEnded && !response.writableFinished);
    if (!isWaiting) stalledSinceMs = undefined;
    else if (stalledSinceMs === undefined) stalledSinceMs = clock.monotonicMs();
    else if (clock.monotonicMs() - stalledSinceMs >= stallMs) response.destroy();
  });
  response.on('drain', () => (stalledSinceMs = undefined)); // more is written at once, so that it may wait whenever it is looked at
  response.once('close', stopLooking);
}
