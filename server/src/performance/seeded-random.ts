/**
 * Whole numbers from 0 to 2^32 − 1, each equally likely; the same seed gives the same numbers on every machine. For resampling,
 * never for secrets. The generator is sfc32 (Chris Doty-Humphrey, PractRand), with a period of at least 2^32 numbers.
 */
export function seededRandom(seed: number): () => number {
  let a = 0;
  let b = 0;
  let c = seed | 0;
  let counter = 1;
  const next = () => {
    const result = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + result) | 0;
    return result >>> 0;
  };
  // PractRand throws the first numbers away, which are too alike for neighbouring seeds.
  for (let i = 0; i < 12; i += 1) next();
  return next;
}
