/** Waits for conditions over state that tells when it changed, instead of sleeping. */
export class Waiting {
  readonly #looks = new Set<() => void>();

  /** Asks every open condition again. */
  look(): void {
    for (const look of this.#looks) look();
  }

  /** Resolves as soon as `holds` does. Rejects after `timeoutMs`, real time, naming what was waited for. */
  until(holds: () => boolean, what: string, timeoutMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = () => {
        if (holds()) end(resolve);
      };
      const timer = setTimeout(() => end(() => reject(new Error(`waited ${timeoutMs} ms for ${what}`))), timeoutMs);
      const end = (settle: () => void) => {
        clearTimeout(timer);
        this.#looks.delete(look);
        settle();
      };
      this.#looks.add(look);
      look();
    });
  }
}
