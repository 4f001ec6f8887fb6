/** Ids whose frames are kept for the next viewer; clients that count from 1 or name their operations share them. */
const MAX_SHARED_IDS = 16;
const EVENT_HEAD = Buffer.from('event: next\ndata: ');
const EVENT_END = Buffer.from('\n\n');
const NEXT_END = Buffer.from('}');

/** What a hub tells all its viewers: serialised once, framed once for every operation id in use. */
export class Message {
  /** Its place in the stored sequence; undefined where only the newest value matters. */
  readonly sequence: bigint | undefined;
  /** The result of the execution as JSON, encoded once: to copy bytes into a frame costs a tenth of encoding them anew. */
  readonly #json: Buffer;
  #text: string | undefined;
  #frames: Map<string, Buffer> | undefined;
  #event: Buffer | undefined;

  constructor(json: string, sequence: bigint | undefined) {
    this.#json = Buffer.from(json);
    this.sequence = sequence;
  }

  /** The result as text, for viewers whose messages the engine writes; decoded once for all of them. */
  get json(): string {
    return (this.#text ??= this.#json.toString());
  }

  /** The whole event of a server-sent event stream. */
  get event(): Buffer {
    return (this.#event ??= Buffer.concat([EVENT_HEAD, this.#json, EVENT_END]));
  }

  /** The whole WebSocket frame of graphql-transport-ws's `next` for an operation. */
  frame(operationId: string): Buffer {
    const known = this.#frames?.get(operationId);
    if (known) return known;
    const head = Buffer.from(`{"id":${JSON.stringify(operationId)},"type":"next","payload":`);
    const frame = textFrame(head, this.#json, NEXT_END);
    this.#frames ??= new Map();
    if (this.#frames.size < MAX_SHARED_IDS) this.#frames.set(operationId, frame);
    return frame;
  }
}

const FINAL_TEXT = 0x81;

/** A WebSocket frame of a text in UTF-8, given in parts, as a server sends it: unmasked and in one piece (RFC 6455, 5.2). */
export function textFrame(...parts: readonly Buffer[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
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
  let at = headerLength;
  for (const part of parts) at += part.copy(frame, at);
  return frame;
}
