/** Sequences of the track record are decimal strings that grow; they can outgrow a number. */
export type Sequence = string;

/** Before everything: a resume from here replays the whole record. */
export const START: Sequence = '0';

export function isAfter(a: Sequence, b: Sequence): boolean {
  return BigInt(a) > BigInt(b);
}

export function latest(a: Sequence, b: Sequence): Sequence {
  return isAfter(a, b) ? a : b;
}

/** More events than can happen while one request is answered. */
const FAR = 1_000n;

export function isFarAfter(a: Sequence, b: Sequence): boolean {
  return BigInt(a) - BigInt(b) > FAR;
}
