/** Ids whose frames are kept for the next viewer; clients that count from 1 or name their operations share them. */
const MAX_SHARED_IDS = 16;
/**
 * From this size on, bytes, the result is not copied into a frame but written beside what makes one of it: copies for each id and format
 * are garbage, and so much of it that it had all memory looked through twice a second. Short ones are one piece, which is written faster.
 */
const APART_FROM_BYTES = 65_536;
const EVENT_HEAD = Buffer.from('event: next\ndata: ');
const EVENT_END = Buffer.from('\n\n');
const NEXT_END = Buffer.from('}');

/** The bytes of one message on a connection, in order. */
export type Frame = readonly Buffer[];

/** What a hub tells all its viewers: serialised once, framed once for every operation id in use. */
export class Message {
  /** Its place in the stored sequence; undefined where only the newest value matters. */
  readonly sequence: bigint | undefined;
  /** The result of the execution as JSON, encoded once: to copy bytes into a frame costs a tenth of encoding them anew. */
  readonly #json: Buffer;
  #text: string | undefined;
  #frames: Map<string, Frame> | undefined;
  #event: Frame | undefined;

  constructor(json: string, sequence: bigint | undefined) {
    this.#json = Buffer.from(json);
    this.sequence = sequence;
  }

  /** The result as text, for viewers whose messages the engine writes; decoded once for all of them. */
  get json(): string {
    return (this.#text ??= this.#json.toString());
  }

  /** The whole event of a server-sent event stream. */
  get event(): Frame {
    return (this.#event ??= inFewPieces(EVENT_HEAD, this.#json, EVENT_END));
  }

  /** The whole WebSocket frame of graphql-transport-ws's `next` for an operation. */
  frame(operationId: string): Frame {
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

function inFewPieces(head: Buffer, body: Buffer, end: Buffer): Frame {
  return body.length >= APART_FROM_BYTES ? [head, body, end] : [Buffer.concat([head, body, end])];
}

/** A WebSocket frame of a text in UTF-8, given in parts, as a server sends it: unmasked and not fragmented (RFC 6455, 5.2). */
export function textFrame(head: Buffer, body: Buffer, end: Buffer): Frame {
  const length = head.length + body.length + end.length;
  const headerLength = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const header = Buffer.allocUnsafe(headerLength);
  header[0] = FINAL_TEXT;
  if (headerLength === 2) {
    header[1] = length;
  } else if (headerLength === 4) {
    header[1] = 126;
    header.writeUInt16BE(length, 2);
  } else {
    header[1] = 127;
    header.writeBigUInt64BE(BigInt(length), 2);
  }
  return inFewPieces(Buffer.concat([header, head]), body, end);
}
