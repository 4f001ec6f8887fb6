import { describe, expect, test } from 'vitest';
import { clientAddress, networkOf } from './address.ts';

describe('where a request comes from', () => {
  const FORWARDED = '10.0.0.9, 203.0.113.7, 198.51.100.2';
  test.each([
    ['no proxy is trusted: what the header says is not', FORWARDED, 0, '192.0.2.1'],
    ['one proxy: the last entry is its', FORWARDED, 1, '198.51.100.2'],
    ['two proxies', FORWARDED, 2, '203.0.113.7'],
    ['fewer entries than proxies', '203.0.113.7', 2, '203.0.113.7'],
    ['no entry at all', undefined, 1, '192.0.2.1'],
    ['an entry that is no address', '203.0.113.7, unknown', 1, '192.0.2.1'],
    ['with a port', '203.0.113.7:4711', 1, '203.0.113.7'],
    ['IPv6 in brackets with a port', '[2001:db8::1]:4711', 1, '2001:db8::1'],
    ['IPv6', '2001:db8::1', 1, '2001:db8::1'],
  ] as const)('%s', (_, forwarded, hops, expected) => {
    expect(clientAddress('192.0.2.1', forwarded, hops)).toBe(expected);
  });
});

describe('who counts as one visitor', () => {
  test.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::', '2001:db8:1:2::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['', 'unknown'],
    ['somewhere', 'unknown'],
  ])('%s is %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});
