export interface AdmissionLimits {
  /** Connections at once, of all and of one address. */
  readonly maxSockets: number;
  readonly maxSocketsPerAddress: number;
}

export type Admitted = { readonly leave: () => void } | { readonly refused: 'SERVER_FULL' | 'TOO_MANY_CONNECTIONS' };

/** Counts who is connected for long. It holds no more addresses than there are connections. */
export class Admission {
  readonly #limits: AdmissionLimits;
  readonly #open = new Map<string, number>();
  #total = 0;

  constructor(limits: AdmissionLimits) {
    this.#limits = limits;
  }

  enter(address: string): Admitted {
    const open = this.#open.get(address) ?? 0;
    if (open >= this.#limits.maxSocketsPerAddress) return { refused: 'TOO_MANY_CONNECTIONS' };
    if (this.#total >= this.#limits.maxSockets) return { refused: 'SERVER_FULL' };
    this.#open.set(address, open + 1);
    this.#total += 1;
    let isIn = true;
    return {
      leave: () => {
        if (isIn) this.#leave(address);
        isIn = false;
      },
    };
  }

  #leave(address: string): void {
    this.#total -= 1;
    const left = (this.#open.get(address) ?? 1) - 1;
    if (left > 0) this.#open.set(address, left);
    else this.#open.delete(address);
  }
}
