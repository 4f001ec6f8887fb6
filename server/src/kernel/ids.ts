import { v7 } from 'uuid';
import type { Clock } from './clock.ts';

/** Gives a new UUIDv7 (RFC 9562), which sorts by the time it was made. */
export type NewId = () => string;

/** Fills and returns `bytes` with random numbers. */
export type RandomBytes = (length: number) => Uint8Array;

export function idsFrom(clock: Clock, randomBytes: RandomBytes): NewId {
  return () => v7({ msecs: clock.now().getTime(), random: randomBytes(16) });
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function isUuid(text: string): boolean {
  return UUID.test(text);
}
