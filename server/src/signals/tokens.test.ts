import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { hashToken, holdsToken, looksLikeToken, newToken } from './tokens.ts';

const token = newToken(randomBytes);

describe('a token', () => {
  test('has this form', () => {
    for (let each = 0; each < 200; each += 1) expect(newToken(randomBytes)).toMatch(/^bpt_live_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}$/);
  });

  test('holds all 256 bits it was made of', () => {
    const asked: number[] = [];
    const tokens = [0, 31].flatMap((place) =>
      [0, 1, 128, 255].map((value) =>
        newToken((length) => {
          asked.push(length);
          return new Uint8Array(length).with(place, value);
        }),
      ),
    );
    expect(new Set(asked)).toEqual(new Set([32]));
    expect(new Set(tokens).size).toBe(7); // 0 at either place is the same
    const most = newToken((length) => new Uint8Array(length).fill(255));
    expect(most).not.toBe(newToken((length) => new Uint8Array(length).fill(255).with(0, 254)));
  });

  test('is one', () => {
    for (let each = 0; each < 200; each += 1) expect(looksLikeToken(newToken(randomBytes))).toBe(true);
  });

  test('mistyped at any place by any neighbour is none', () => {
    for (let place = 0; place < token.length; place += 1) {
      for (const char of ['0', 'a', 'Z', '_', ' ']) {
        const wrong = token.slice(0, place) + char + token.slice(place + 1);
        if (wrong !== token) expect(looksLikeToken(wrong), wrong).toBe(false);
      }
    }
  });

  test('with two letters swapped, cut, doubled or wrapped is none', () => {
    for (let place = 9; place < 51; place += 1) {
      const wrong = token.slice(0, place) + token[place + 1] + token[place] + token.slice(place + 2);
      if (wrong !== token) expect(looksLikeToken(wrong), wrong).toBe(false);
    }
    for (const wrong of [
      '',
      token.slice(1),
      token.slice(0, -1),
      `${token}\n`,
      ` ${token}`,
      `${token}${token}`,
      `Bearer ${token}`,
      token.toLowerCase(),
      token.toUpperCase(),
    ]) {
      expect(looksLikeToken(wrong), wrong).toBe(false);
    }
  });

  test('of another prefix has another checksum', () => {
    expect(looksLikeToken(token.replace('bpt_live_', 'bpt_test_'))).toBe(false);
  });

  test('is stored as the SHA-256 of its text', () => {
    expect(Buffer.from(hashToken('abc')).toString('hex')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    expect(hashToken(token)).toEqual(hashToken(token));
    expect(Buffer.from(hashToken(token)).toString('latin1')).not.toContain(token.slice(9, 20));
  });

  test('is found in a text that is about to become public, and nothing that only looks like one', () => {
    for (const text of [token, `note: ${token}.`, `${token}${token}`, `x\n${token}\ny`]) expect(holdsToken(text)).toBe(true);
    for (const text of ['', 'bpt_live_', token.slice(0, -1), token.replace('_live_', '_test_'), `bpt_live_${'A'.repeat(43)}_000000`])
      expect(holdsToken(text)).toBe(false);
  });
});
