import ipaddr from 'ipaddr.js';

/**
 * Where a request comes from. Each proxy appends the address it was asked from to X-Forwarded-For, so only the last `trustedHops`
 * entries were written by proxies of ours; what stands before them is whatever the client liked to write.
 */
export function clientAddress(peer: string | undefined, forwardedFor: string | undefined, trustedHops: number): string {
  const hops = trustedHops === 0 ? [] : (forwardedFor?.split(',') ?? []).slice(-trustedHops);
  const told = hops[0] === undefined ? undefined : withoutPort(hops[0].trim());
  return told !== undefined && ipaddr.isValid(told) ? told : (peer ?? '');
}

/** What is counted as one visitor: an IPv4 address, or the /64 of an IPv6 address, of which every household has one to itself. */
export function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return 'unknown';
  const parsed = ipaddr.process(address); // ::ffff:192.0.2.1 is 192.0.2.1
  if (!(parsed instanceof ipaddr.IPv6)) return parsed.toString();
  const network = parsed.parts.slice(0, 4).map((part) => part.toString(16));
  return `${network.join(':')}::/64`;
}

/** "192.0.2.1:8080" → "192.0.2.1", "[2001:db8::1]:8080" → "2001:db8::1" */
function withoutPort(text: string): string {
  return /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text;
}
