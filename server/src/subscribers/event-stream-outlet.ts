import type { Frame, Message } from './message.ts';
import type { SocketWriter, SocketWriters, Written } from './socket-writers.ts';
import type { Outlet, Viewer } from './viewer.ts';

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
    cut: () => response.destroy(),
  });
  response.once('close', () => writers.forget(writer));
  return new EventStreamOutlet(writer);
}

class EventStreamOutlet implements Outlet, Written {
  readonly #writer: SocketWriter;
  readonly #end = Promise.withResolvers<IteratorResult<Message>>();
  #viewer: Viewer | undefined;

  constructor(writer: SocketWriter) {
    this.#writer = writer;
    this.#end.promise.catch(() => {}); // the engine may not ask any more
  }

  get isUrgent(): boolean {
    return this.#viewer?.kind === 'events';
  }

  /** The engine waits for messages, and gets only the end. */
  open(viewer: Viewer): AsyncIterableIterator<Message> {
    this.#viewer = viewer;
    const messages: AsyncIterableIterator<Message> = {
      next: () => this.#end.promise,
      return: () => {
        viewer.leave();
        this.ended(undefined);
        return this.#end.promise;
      },
      [Symbol.asyncIterator]: () => messages,
    };
    return messages;
  }

  wake(): void {
    this.#writer.wake(this);
  }

  nextFrame(): Frame | undefined {
    return this.#viewer?.take()?.event;
  }

  ended(failure: Error | undefined): void {
    if (failure) this.#end.reject(failure);
    else this.#end.resolve({ value: undefined, done: true });
  }
}
