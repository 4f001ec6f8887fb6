import type { Message } from './message.ts';
import type { Outlet, Viewer } from './viewer.ts';

/** The messages of a subscription for who asks for one after the other. */
export class MessageReader implements Outlet, AsyncIterableIterator<Message> {
  #viewer: Viewer | undefined;
  #asked: PromiseWithResolvers<IteratorResult<Message>> | undefined;
  #end: { readonly failure: Error | undefined } | undefined;

  open(viewer: Viewer): this {
    this.#viewer = viewer;
    return this;
  }

  wake(viewer: Viewer): void {
    const asked = this.#asked;
    const message = asked && viewer.take();
    if (!message) return;
    this.#asked = undefined;
    asked.resolve({ value: message, done: false });
  }

  ended(failure: Error | undefined): void {
    this.#end = { failure };
    this.#tellEnd();
  }

  next(): Promise<IteratorResult<Message>> {
    const message = this.#viewer?.take();
    if (message) return Promise.resolve({ value: message, done: false });
    this.#asked = Promise.withResolvers();
    const { promise } = this.#asked;
    this.#tellEnd();
    return promise;
  }

  return(): Promise<IteratorResult<Message>> {
    this.#viewer?.leave();
    this.ended(undefined);
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** The reason is told once; after that it is simply over. */
  #tellEnd(): void {
    const asked = this.#asked;
    if (!asked || !this.#end) return;
    const { failure } = this.#end;
    this.#asked = undefined;
    this.#end = { failure: undefined };
    if (failure) asked.reject(failure);
    else asked.resolve({ value: undefined, done: true });
  }
}
