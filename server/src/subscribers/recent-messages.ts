import type { Message } from './message.ts';

/**
 * What was told of stored events a moment ago: those who come back at the same time are told the same, executed once. Only for a
 * moment, since an event tells of its trade as that is now.
 */
export class RecentMessages {
  readonly #maxAgeMs: number;
  readonly #capacity: number;
  readonly #told = new Map<bigint, { readonly message: Message; readonly atMs: number }>();

  constructor(maxAgeMs: number, capacity: number) {
    this.#maxAgeMs = maxAgeMs;
    this.#capacity = capacity;
  }

  get(sequence: bigint, nowMs: number): Message | undefined {
    const told = this.#told.get(sequence);
    return told && nowMs - told.atMs <= this.#maxAgeMs ? told.message : undefined;
  }

  add(message: Message, nowMs: number): void {
    if (message.sequence === undefined) return;
    this.#told.delete(message.sequence);
    this.#told.set(message.sequence, { message, atMs: nowMs });
    for (const [sequence, { atMs }] of this.#told) {
      if (this.#told.size <= this.#capacity && nowMs - atMs <= this.#maxAgeMs) break;
      this.#told.delete(sequence);
    }
  }
}
