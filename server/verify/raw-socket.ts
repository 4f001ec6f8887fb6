import { connect } from 'node:net';
import type { Socket } from 'node:net';

const TEXT = 1;
const CLOSE = 8;
const PING = 9;
const PONG = 10;
/** Zero: what is sent is sent as it is. Masks only matter to proxies. */
const MASK = Buffer.alloc(4);
/**
 * All of them read into this one buffer, as to allocate for each read would cost more than all the rest. What is read is dealt with before
 * the next read begins, and what is kept of it is copied.
 */
const READ_BUFFER = Buffer.allocUnsafeSlow(65_536);

export interface RawSocketEvents {
  /** A text message, only valid during the call. */
  readonly text: (payload: Buffer) => void;
  /** The close code, or undefined where the connection just ended. */
  readonly closed: (code: number | undefined) => void;
}

/** A subscriber that costs next to nothing: graphql-transport-ws over a bare TCP connection, so that one process can be thousands. */
export class RawSocket {
  readonly tcp: Socket;
  /** Copies of what has come of a message that is not whole, their length, and how many bytes there must be to look again. */
  #parts: Buffer[] = [];
  #partBytes = 0;
  #neededBytes = 0;
  #open = false;
  #code: number | undefined;
  readonly #events: RawSocketEvents;
  readonly #opened: () => void;

  private constructor(url: string, events: RawSocketEvents, opened: () => void) {
    const { hostname, port } = new URL(url);
    this.#events = events;
    this.#opened = opened;
    const callback = (length: number): boolean => {
      this.#read(READ_BUFFER.subarray(0, length));
      return true;
    };
    this.tcp = connect({ host: hostname, port: Number(port), noDelay: true, onread: { buffer: READ_BUFFER, callback } });
    this.tcp.on('connect', () => this.tcp.write(upgradeRequest(url)));
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
    this.tcp.write(clientText({ id, type: 'subscribe', payload: { query, variables } }));
  }

  destroy(): void {
    this.tcp.destroy();
  }

  #read(chunk: Buffer): void {
    if (this.#partBytes + chunk.length < this.#neededBytes) return this.#keep(chunk, this.#neededBytes);
    const data = this.#partBytes > 0 ? Buffer.concat([...this.#parts, chunk]) : chunk;
    this.#parts = [];
    this.#partBytes = 0;
    this.#neededBytes = 0;
    let at = 0;
    if (!this.#open) {
      const end = data.indexOf('\r\n\r\n');
      if (end === -1) return this.#keep(data, 0);
      if (!data.toString('latin1', 0, 12).endsWith('101')) return void this.tcp.destroy();
      this.#open = true;
      at = end + 4;
      this.tcp.write(clientText({ type: 'connection_init' }));
    }
    while (at < data.length) {
      const short = data[at + 1] ?? 0;
      const headLength = short < 126 ? 2 : short === 126 ? 4 : 10;
      if (data.length < at + headLength) return this.#keep(data.subarray(at), headLength);
      const length = short < 126 ? short : short === 126 ? data.readUInt16BE(at + 2) : Number(data.readBigUInt64BE(at + 2));
      const end = at + headLength + length;
      if (data.length < end) return this.#keep(data.subarray(at), headLength + length);
      this.#frame(data[at]! & 15, data.subarray(at + headLength, end));
      at = end;
    }
  }

  #keep(part: Buffer, neededBytes: number): void {
    this.#parts.push(Buffer.from(part));
    this.#partBytes += part.length;
    this.#neededBytes = neededBytes;
  }

  #frame(opcode: number, payload: Buffer): void {
    if (opcode === PING) this.tcp.write(clientFrame(PONG, payload));
    else if (opcode === CLOSE) this.#code = payload.length >= 2 ? payload.readUInt16BE(0) : undefined;
    else if (payload.includes('"connection_ack"')) this.#opened();
    else this.#events.text(payload);
    if (opcode === CLOSE) this.tcp.end();
  }
}

/** What asks for graphql-transport-ws on a new connection. */
export function upgradeRequest(url: string): string {
  const { pathname, host } = new URL(url);
  return (
    `GET ${pathname} HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n` +
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n'
  );
}

/** A message as a client sends it. */
export function clientText(message: object): Buffer {
  return clientFrame(TEXT, Buffer.from(JSON.stringify(message)));
}

function clientFrame(opcode: number, payload: Buffer): Buffer {
  const head =
    payload.length < 126
      ? Buffer.from([0x80 | opcode, 0x80 | payload.length])
      : Buffer.from([0x80 | opcode, 0x80 | 126, payload.length >> 8, payload.length & 255]);
  return Buffer.concat([head, MASK, payload]);
}
