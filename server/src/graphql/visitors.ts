import type { IncomingMessage } from 'node:http';
import { clientAddress, networkOf } from '../kernel/address.ts';

type Asked = Pick<IncomingMessage, 'headers'> & { readonly socket: { readonly remoteAddress?: string | undefined } };

/**
 * Who asks, as far as limits go: the network the request comes from. The pages that this process makes ask its own API in their turn,
 * all from the same loopback address; each such request says for which visitor it is, in a header that only this process can write.
 * A visitor's pages and a visitor's own requests are counted apart, so that neither spoils the other.
 */
export class Visitors {
  readonly #trustedHops: number;
  readonly #secret: string;

  /** `secret`: known to nobody outside this process. */
  constructor(trustedHops: number, secret: string) {
    this.#trustedHops = trustedHops;
    this.#secret = secret;
  }

  of(request: Asked): string {
    const [secret, address] = String(request.headers[HEADER] ?? '').split(' ', 2);
    return secret === this.#secret && address !== undefined ? `page ${address}` : this.addressOf(request);
  }

  addressOf({ headers, socket }: Asked): string {
    const forwarded = headers['x-forwarded-for'];
    return networkOf(clientAddress(socket.remoteAddress, Array.isArray(forwarded) ? forwarded.join() : forwarded, this.#trustedHops));
  }

  /** Writes into a page's request for whom it is, whatever stood there; the page hands it on when it asks the API. */
  mark(request: Asked): void {
    request.headers[HEADER] = `${this.#secret} ${this.addressOf(request)}`;
  }
}

/** web/src/hooks.server.ts knows it too. */
const HEADER = 'x-page-visitor';
