/** True where an id is so far ahead of the next expected one that it can only be an error. */
export function isIdAbsurd(id: number, nextId: number | null, idJump: number): boolean {
  return nextId !== null && id - nextId > idJump;
}

/** True where a price is more than `movePct` percent away from a known one, up, or down by the same factor. */
export function isPriceDoubtful(price: string, known: string | undefined, movePct: number): boolean {
  if (known === undefined) return false;
  const ratio = Number(price) / Number(known);
  const factor = 1 + movePct / 100;
  return ratio > factor || ratio < 1 / factor;
}
