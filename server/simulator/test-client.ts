import { WebSocket } from 'ws';
import { Waiting } from './waiting.ts';

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- whatever the exchange sent, for a test to look into
type Json = any;

/** A websocket client for tests: keeps what it was sent and waits for more. */
export class TestClient {
  readonly socket: WebSocket;
  readonly messages: Json[] = [];
  readonly pings: string[] = [];
  /** Close code; undefined while open. */
  closed: number | undefined;
  closeReason = '';
  readonly #waiting = new Waiting();

  constructor(url: string, options: { autoPong?: boolean; perMessageDeflate?: boolean } = {}) {
    this.socket = new WebSocket(url, { perMessageDeflate: false, ...options });
    this.socket.on('message', (data) => {
      this.messages.push(JSON.parse(String(data)));
      this.#waiting.look();
    });
    this.socket.on('ping', (payload) => {
      this.pings.push(payload.toString());
      this.#waiting.look();
    });
    this.socket.on('close', (code, reason) => {
      this.closed = code;
      this.closeReason = reason.toString();
      this.#waiting.look();
    });
    this.socket.on('error', () => {});
  }

  /** Connects and resolves when the connection is open; rejects when it is refused. */
  static async open(url: string, options: { autoPong?: boolean; perMessageDeflate?: boolean } = {}): Promise<TestClient> {
    const client = new TestClient(url, options);
    await new Promise((resolve, reject) => client.socket.once('open', resolve).once('error', reject));
    return client;
  }

  send(message: object | string): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  /** Sends a request and gives its reply. */
  async ask(message: { id: number | string | null; [field: string]: unknown }): Promise<Json> {
    this.send(message);
    return this.message((reply) => reply.id === message.id && !('e' in reply));
  }

  async subscribe(...streams: string[]): Promise<void> {
    await this.ask({ method: 'SUBSCRIBE', params: streams, id: ++this.#lastId });
  }
  #lastId = 1_000;

  /** The first message kept or yet to come that fits. */
  async message(fits: (message: Json) => boolean): Promise<Json> {
    await this.until(
      () => this.messages.some(fits),
      `a message that fits ${fits.toString()}; got ${JSON.stringify(this.messages).slice(0, 500)}`,
    );
    return this.messages.find(fits);
  }

  until(holds: () => boolean, what: string): Promise<void> {
    return this.#waiting.until(holds, what, 10_000);
  }

  /** Resolves with the close code. */
  async whenClosed(): Promise<number> {
    await this.until(() => this.closed !== undefined, 'the connection to close');
    return this.closed!;
  }

  close(): void {
    this.socket.terminate();
  }
}

/** The JSON body of a GET, with its status and headers. */
export async function get(url: string): Promise<{ status: number; body: Json; headers: Headers }> {
  const response = await fetch(url);
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text), headers: response.headers };
}
