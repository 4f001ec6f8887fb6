import type { SocketWriters } from './socket-writers.ts';
import type { Outlet } from './viewer.ts';

/** What is needed of an HTTP answer that is streamed. */
export interface StreamingResponse {
  readonly writableNeedDrain: boolean;
  readonly headersSent: boolean;
  readonly destroyed: boolean;
  readonly writableEnded: boolean;
  write(chunk: Buffer): boolean;
  cork(): void;
  uncork(): void;
  on(event: 'drain', listener: () => void): unknown;
  once(event: 'close', listener: () => void): unknown;
  destroy(): unknown;
}

/**
 * The way of shared messages onto a server-sent event stream: past the engine, which still writes its head, its pings and its end. Only
 * for who accepts nothing else, since the engine chooses the format.
 */
export function eventStreamOutlet(accept: string | undefined, response: StreamingResponse, writers: SocketWriters): Outlet | undefined {
  if (accept?.trim().toLowerCase() !== 'text/event-stream') return undefined;
  const writer = writers.writer({
    stream: response,
    state: () => (response.destroyed || response.writableEnded ? 'closed' : response.headersSent ? 'open' : 'later'),
    shed: () => response.destroy(),
  });
  response.once('close', () => writers.forget(writer));
  return writer.outlet((message) => message.event);
}
