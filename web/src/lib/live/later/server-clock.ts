const SAMPLES = 20;

/**
 * The server's clock, as far as it can be told from here. A message that says when it was made shows how far the two clocks are
 * apart, less the time it travelled; of the last few messages the fastest one is believed, so a message that was held up cannot
 * make old prices look young.
 */
export class ServerClock {
  #offsets: number[] = [];

  /** @param asOf when the server made the message @param receivedMs when it came here, by the local clock */
  observe(asOf: string, receivedMs: number): void {
    this.#offsets.push(Date.parse(asOf) - receivedMs);
    if (this.#offsets.length > SAMPLES) this.#offsets.shift();
  }

  /** Milliseconds to add to the local clock; 0 until the first message. */
  get offsetMs(): number {
    return this.#offsets.length === 0 ? 0 : Math.max(...this.#offsets);
  }
}
