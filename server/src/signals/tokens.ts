import { createHash } from 'node:crypto';
import type { RandomBytes } from '../kernel/ids.ts';

/**
 * A bot's API token: `bpt_live_`, 43 base62 characters (256 bits of randomness), `_` and 6 characters of checksum.
 * The prefix lets secret scanners find a leaked one; the checksum tells a mistyped one from a revoked one without asking the database.
 * Only the SHA-256 of the text is stored: a random 256-bit secret needs no slow hash.
 */
const PREFIX = 'bpt_live_';
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const SECRET_LENGTH = 43;
const CHECKSUM_LENGTH = 6;
const FORM = `${PREFIX}([0-9A-Za-z]{${SECRET_LENGTH}})_([0-9A-Za-z]{${CHECKSUM_LENGTH}})`;
const TOKEN = new RegExp(`^${FORM}$`);
const ANYWHERE = new RegExp(FORM, 'g');

export function newToken(randomBytes: RandomBytes): string {
  const secret = base62(randomBytes(32), SECRET_LENGTH);
  return `${PREFIX}${secret}_${checksum(secret)}`;
}

export function looksLikeToken(text: string): boolean {
  const match = TOKEN.exec(text);
  return match !== null && checksum(match[1] ?? '') === match[2];
}

/** Whether a text that is about to become public has a token in it. */
export function holdsToken(text: string): boolean {
  return text.includes(PREFIX) && [...text.matchAll(ANYWHERE)].some(([, secret = '', sum]) => checksum(secret) === sum);
}

export function hashToken(token: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash('sha256').update(token).digest());
}

function checksum(secret: string): string {
  return base62(
    createHash('sha256')
      .update(PREFIX + secret)
      .digest(),
    CHECKSUM_LENGTH,
  );
}

function base62(bytes: Uint8Array, length: number): string {
  let number = BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
  let text = '';
  for (let i = 0; i < length; i++) {
    text += ALPHABET[Number(number % 62n)];
    number /= 62n;
  }
  return text;
}
