import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { once } from 'node:events';
import { RawSocket } from './raw-socket.ts';

export type Way = 'WS' | 'SSE';
export type Habit = 'stalled' | 'dripping';

const DRIP_BYTES = 1_024;
const DRIP_EVERY_MS = 1_000;

/** A subscriber that reads nothing after it has subscribed, or a kilobyte a second. */
export class SlowClient {
  readonly name: string;
  readonly port: number;
  readonly beganMs = performance.now();
  readonly #tcp: Socket;
  readonly #drip: NodeJS.Timeout | undefined;

  private constructor(way: Way, habit: Habit, tcp: Socket) {
    this.name = `${way} ${habit}`;
    this.port = tcp.localPort ?? 0;
    this.#tcp = tcp;
    tcp.removeAllListeners('data');
    tcp.pause();
    if (habit === 'dripping') this.#drip = setInterval(() => tcp.read(DRIP_BYTES), DRIP_EVERY_MS);
  }

  static async open(url: string, way: Way, habit: Habit, query: string): Promise<SlowClient> {
    if (way === 'WS') {
      const socket = await RawSocket.open(url, { text: () => {}, closed: () => {} });
      socket.subscribe('slow', query);
      return new SlowClient(way, habit, socket.tcp);
    }
    const { hostname, port, pathname, host } = new URL(url);
    const tcp = connect({ host: hostname, port: Number(port) });
    tcp.on('error', () => {});
    await once(tcp, 'connect');
    const body = JSON.stringify({ query });
    tcp.write(
      `POST ${pathname} HTTP/1.1\r\nHost: ${host}\r\nAccept: text/event-stream\r\nContent-Type: application/json\r\n` +
        `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
    await once(tcp, 'data');
    return new SlowClient(way, habit, tcp);
  }

  end(): void {
    clearInterval(this.#drip);
    this.#tcp.destroy();
  }
}
