/** Ids whose frames are kept for the next viewer; clients that count from 1 or name their operations share them. */
const MAX_SHARED_IDS = 16;

/** What a hub tells all its viewers: serialised once, framed once for every operation id in use. */
export class Message {
  /** Its place in the stored sequence; undefined where only the newest value matters. */
  readonly sequence: bigint | undefined;
  /** The result of the execution as JSON. */
  readonly json: string;
  #frames: Map<string, Buffer> | undefined;
  #event: Buffer | undefined;

  constructor(json: string, sequence: bigint | undefined) {
    this.json = json;
    this.sequence = sequence;
  }

  /** The whole event of a server-sent event stream. */
  get event(): Buffer {
    return (this.#event ??= Buffer.from(`event: next\ndata: ${this.json}\n\n`));
  }

  /** The whole WebSocket frame of graphql-transport-ws's `next` for an operation. */
  frame(operationId: string): Buffer {
    const known = this.#frames?.get(operationId);
    if (known) return known;
    const frame = textFrame(`{"id":${JSON.stringify(operationId)},"type":"next","payload":${this.json}}`);
    this.#frames ??= new Map();
    if (this.#frames.size < MAX_SHARED_IDS) this.#frames.set(operationId, frame);
    return frame;
  }
}

const FINAL_TEXT = 0x81;

/** A WebSocket text frame as a server sends it, unmasked and in one piece (RFC 6455, 5.2). */
export function textFrame(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const headerLength = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(headerLength + length);
  frame[0] = FINAL_TEXT;
  if (headerLength === 2) {
    frame[1] = length;
  } else if (headerLength === 4) {
    frame[1] = 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 127;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  frame.write(text, headerLength);
  return frame;
}
