import type { Message } from './message.ts';
import type { StreamKind, Viewed, Viewer } from './viewer.ts';

/** What a hub stands on. */
export interface HubSource {
  readonly kind: StreamKind;
  /** Events that may wait for one viewer. */
  readonly capacity: number;
  /** Begins the one real stream. Rejects where it is refused. */
  readonly start: () => Promise<AsyncIterableIterator<Message>>;
  /** Its first value alone, as who subscribes now would get it; undefined when there is none. */
  readonly first: () => Promise<Message | undefined>;
}

/** One real stream for all who asked for the same, told to each of them. It ends with the last of them. */
export class Hub implements Viewed {
  /** Settled once the stream runs; rejected where it was refused. */
  readonly ready: Promise<void>;
  readonly #source: HubSource;
  readonly #onEmpty: () => void;
  readonly #viewers = new Set<Viewer>();
  #holds = 0;
  #stream: AsyncIterableIterator<Message> | undefined;
  #newest: Message | undefined;
  #first: Promise<Message | undefined> | undefined;
  #ended = false;

  constructor(source: HubSource, onEmpty: () => void) {
    this.#source = source;
    this.#onEmpty = onEmpty;
    this.ready = source.start().then((stream) => {
      if (this.#ended) return void stream.return?.();
      this.#stream = stream;
      void this.#run(stream);
    });
    this.ready.catch(() => this.#end()); // each who waits for it is told
  }

  get size(): number {
    return this.#viewers.size;
  }

  get kind(): StreamKind {
    return this.#source.kind;
  }

  get capacity(): number {
    return this.#source.capacity;
  }

  /** What was told last, where one message holds the whole state. */
  get newest(): Message | undefined {
    return this.#newest;
  }

  /** Keeps it alive while somebody is about to join. */
  hold(): () => void {
    this.#holds += 1;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#holds -= 1;
      this.#endWhenEmpty();
    };
  }

  add(viewer: Viewer): void {
    if (this.#ended) viewer.end();
    else this.#viewers.add(viewer);
  }

  remove(viewer: Viewer): void {
    this.#viewers.delete(viewer);
    this.#endWhenEmpty();
  }

  /** Tells a viewer that missed some the present value: read once for all who ask before the next message. */
  askForMissed(viewer: Viewer): void {
    this.#first ??= this.#source.first();
    this.#first.then(
      (message) => message && viewer.catchUp(message),
      (error: unknown) => viewer.end(error instanceof Error ? error : new Error(String(error))),
    );
  }

  async #run(stream: AsyncIterableIterator<Message>): Promise<void> {
    let failure: Error | undefined;
    try {
      for await (const message of stream) {
        this.#newest = message;
        this.#first = undefined;
        for (const viewer of this.#viewers) viewer.tell(message);
      }
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error));
    }
    this.#stream = undefined;
    this.#end(failure);
  }

  #endWhenEmpty(): void {
    if (this.#viewers.size === 0 && this.#holds === 0) this.#end();
  }

  #end(failure?: Error): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#onEmpty();
    void this.#stream?.return?.();
    for (const viewer of this.#viewers) viewer.end(failure);
    this.#viewers.clear();
  }
}

/** The hubs of a process, by what was asked for. */
export class Hubs {
  readonly #hubs = new Map<string, Hub>();

  get size(): number {
    return this.#hubs.size;
  }

  /** The hub for a key. Made and known before anything is waited for, so that there are never two of one key. */
  get(key: string, source: HubSource): Hub {
    const known = this.#hubs.get(key);
    if (known) return known;
    const hub: Hub = new Hub(source, () => {
      if (this.#hubs.get(key) === hub) this.#hubs.delete(key);
    });
    this.#hubs.set(key, hub);
    return hub;
  }
}
