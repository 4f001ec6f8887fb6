import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { clientText, upgradeRequest } from './raw-socket.ts';

export type Way = 'WS' | 'SSE';
export type Habit = 'stalled' | 'dripping';

const DRIP_BYTES = 1_024;
const DRIP_EVERY_MS = 1_000;
const ANSWER_DEADLINE_MS = 10_000;

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
    const { hostname, port, pathname, host } = new URL(url);
    const tcp = connect({ host: hostname, port: Number(port) });
    tcp.on('error', () => {});
    try {
      if (way === 'WS') {
        await answer(tcp, upgradeRequest(url), ' 101 ');
        await answer(tcp, clientText({ type: 'connection_init' }), '"connection_ack"');
        tcp.write(clientText({ id: 'slow', type: 'subscribe', payload: { query } }));
      } else {
        const body = JSON.stringify({ query });
        const head = `POST ${pathname} HTTP/1.1\r\nHost: ${host}\r\nAccept: text/event-stream\r\nContent-Type: application/json\r\n`;
        await answer(tcp, `${head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`, ' 200 ');
      }
      return new SlowClient(way, habit, tcp);
    } catch (error) {
      tcp.destroy();
      throw error;
    }
  }

  end(): void {
    clearInterval(this.#drip);
    this.#tcp.destroy();
  }
}

/** Says something and reads until what is expected has come; other messages, such as a ping, may come before it. */
function answer(tcp: Socket, said: string | Buffer, expected: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let heard = '';
    const refuse = (): void => reject(new Error(`${expected} did not come, but: ${heard.slice(0, 200)}`));
    const deadline = setTimeout(refuse, ANSWER_DEADLINE_MS);
    const hear = (chunk: Buffer): void => {
      heard += chunk.toString('latin1');
      if (!heard.includes(expected)) return;
      clearTimeout(deadline);
      tcp.off('data', hear).off('close', refuse);
      resolve();
    };
    tcp.on('data', hear).once('close', refuse);
    tcp.write(said);
  });
}
