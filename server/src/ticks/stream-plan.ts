/** Which streams a connection carries, and how its SUBSCRIBE and UNSUBSCRIBE messages are cut. */

/**
 * The stream of a symbol's aggregate trades. Only ASCII letters change case: what "lower case" makes of other letters
 * depends on who does it (a Turkish dotted İ becomes two characters here).
 */
export function aggTradeStream(symbol: string): string {
  return `${symbol.replace(/[A-Z]/g, (letter) => letter.toLowerCase())}@aggTrade`;
}

export type ControlMethod = 'SUBSCRIBE' | 'UNSUBSCRIBE';

export interface ControlMessage {
  readonly method: ControlMethod;
  readonly streams: readonly string[];
}

export interface ControlLimits {
  readonly controlMessageBytes: number;
  readonly streamsPerControlMessage: number;
}

/** The frame as sent. `id` must be a positive integer: the only kind every market of the exchange takes. */
export function controlFrame(message: ControlMessage, id: number): string {
  return JSON.stringify({ method: message.method, params: message.streams, id });
}

const LONGEST_ID = Number.MAX_SAFE_INTEGER;

/**
 * The next message that brings what the exchange was asked for nearer to what is wanted; undefined when they agree.
 * Unsubscribing goes first: it makes room. A single stream is sent even where its name alone passes the byte limit.
 */
export function nextControlMessage(
  wanted: ReadonlySet<string>,
  asked: ReadonlySet<string>,
  limits: ControlLimits,
): ControlMessage | undefined {
  const surplus = [...asked].filter((stream) => !wanted.has(stream));
  if (surplus.length > 0) return batch('UNSUBSCRIBE', surplus, limits);
  const missing = [...wanted].filter((stream) => !asked.has(stream));
  if (missing.length > 0) return batch('SUBSCRIBE', missing, limits);
  return undefined;
}

function batch(method: ControlMethod, streams: readonly string[], limits: ControlLimits): ControlMessage {
  let bytes = Buffer.byteLength(controlFrame({ method, streams: [] }, LONGEST_ID));
  let count = 0;
  for (const stream of streams) {
    bytes += Buffer.byteLength(JSON.stringify(stream)) + 1; // and its comma
    if (count > 0 && (bytes > limits.controlMessageBytes || count >= limits.streamsPerControlMessage)) break;
    count += 1;
  }
  return { method, streams: streams.slice(0, count) };
}

/**
 * The connection that takes one more stream: the first with room, else undefined (open another).
 * `loads` holds the streams of each connection without its sentinel.
 */
export function roomFor<T>(connections: Iterable<T>, load: (connection: T) => number, streamsPerConnection: number): T | undefined {
  for (const connection of connections) if (load(connection) + 1 < streamsPerConnection) return connection;
  return undefined;
}
