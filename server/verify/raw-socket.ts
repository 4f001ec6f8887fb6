import { connect } from 'node:net';
import type { Socket } from 'node:net';

const TEXT = 1;
const CLOSE = 8;
const PING = 9;
const PONG = 10;
/** Zero: what is sent is sent as it is. Masks only matter to proxies. */
const MASK = Buffer.alloc(4);

export interface RawSocketEvents {
  /** A text message, only valid during the call. */
  readonly text: (payload: Buffer) => void;
  /** The close code, or undefined where the connection just ended. */
  readonly closed: (code: number | undefined) => void;
}

/** A subscriber that costs next to nothing: graphql-transport-ws over a bare TCP connection, so that one process can be thousands. */
export class RawSocket {
  readonly tcp: Socket;
  #rest: Buffer = Buffer.alloc(0);
  #open = false;
  #code: number | undefined;
  readonly #events: RawSocketEvents;
  readonly #opened: () => void;

  private constructor(url: string, events: RawSocketEvents, opened: () => void) {
    const { hostname, port, pathname, host } = new URL(url);
    this.#events = events;
    this.#opened = opened;
    this.tcp = connect({ host: hostname, port: Number(port), noDelay: true });
    this.tcp.on('connect', () => {
      this.tcp.write(
        `GET ${pathname} HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n` +
          'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n',
      );
    });
    this.tcp.on('data', (chunk: Buffer) => this.#read(chunk));
    this.tcp.on('error', () => {});
    this.tcp.on('close', () => events.closed(this.#code));
  }

  /** Resolves once the protocol's connection_ack has come; rejects when the connection ends before. */
  static open(url: string, events: RawSocketEvents): Promise<RawSocket> {
    return new Promise((resolve, reject) => {
      const socket: RawSocket = new RawSocket(
        url,
        {
          text: events.text,
          closed: (code) => {
            reject(new Error(`closed ${code ?? ''} before it was open`));
            events.closed(code);
          },
        },
        () => resolve(socket),
      );
    });
  }

  subscribe(id: string, query: string, variables: object = {}): void {
    this.#send(TEXT, Buffer.from(JSON.stringify({ id, type: 'subscribe', payload: { query, variables } })));
  }

  destroy(): void {
    this.tcp.destroy();
  }

  #send(opcode: number, payload: Buffer): void {
    const head =
      payload.length < 126
        ? Buffer.from([0x80 | opcode, 0x80 | payload.length])
        : Buffer.from([0x80 | opcode, 0x80 | 126, payload.length >> 8, payload.length & 255]);
    this.tcp.write(Buffer.concat([head, MASK, payload]));
  }

  #read(chunk: Buffer): void {
    const data = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    let at = 0;
    if (!this.#open) {
      const end = data.indexOf('\r\n\r\n');
      if (end === -1) return void (this.#rest = data);
      if (!data.toString('latin1', 0, 12).endsWith('101')) return void this.tcp.destroy();
      this.#open = true;
      at = end + 4;
      this.#send(TEXT, Buffer.from('{"type":"connection_init"}'));
    }
    for (;;) {
      const short = data[at + 1];
      if (short === undefined) break;
      const headLength = short < 126 ? 2 : short === 126 ? 4 : 10;
      if (data.length < at + headLength) break;
      const length = short < 126 ? short : short === 126 ? data.readUInt16BE(at + 2) : Number(data.readBigUInt64BE(at + 2));
      if (data.length < at + headLength + length) break;
      this.#frame(data[at]! & 15, data.subarray(at + headLength, at + headLength + length));
      at += headLength + length;
    }
    // A copy: the part that is left must not keep the whole chunk.
    this.#rest = at < data.length ? Buffer.from(data.subarray(at)) : Buffer.alloc(0);
  }

  #frame(opcode: number, payload: Buffer): void {
    if (opcode === PING) this.#send(PONG, payload);
    else if (opcode === CLOSE) this.#code = payload.length >= 2 ? payload.readUInt16BE(0) : undefined;
    else if (payload.includes('"connection_ack"')) this.#opened();
    else this.#events.text(payload);
    if (opcode === CLOSE) this.tcp.end();
  }
}
