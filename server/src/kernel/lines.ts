interface Line {
  running: number;
  readonly waiting: (() => void)[];
}

/** Does at most so much at a time for each key; the rest waits in the order in which it came. It holds only keys that have something to do. */
export class Lines {
  readonly #most: number;
  readonly #lines = new Map<string, Line>();

  constructor(most: number) {
    this.#most = most;
  }

  async wait<T>(key: string, work: () => Promise<T>): Promise<T> {
    const line = this.#lines.get(key) ?? { running: 0, waiting: [] };
    this.#lines.set(key, line);
    if (line.running < this.#most) line.running += 1;
    else await new Promise<void>((begin) => line.waiting.push(begin)); // whoever ends leaves its place to this one
    try {
      return await work();
    } finally {
      const next = line.waiting.shift();
      if (next) next();
      else if ((line.running -= 1) === 0) this.#lines.delete(key);
    }
  }
}
