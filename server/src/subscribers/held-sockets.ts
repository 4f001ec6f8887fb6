import type { Cancel, Clock } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';
import type { Service } from '../kernel/service.ts';

/** What is needed of a WebSocket, or of an event stream ({@link heldStream}). */
export interface HeldSocket {
  readonly readyState: number;
  close(code: number, reason: string): void;
  once(event: 'close', listener: () => void): unknown;
}

const [OPEN, CLOSED] = [1, 3];
/** graphql-transport-ws: "Forbidden". Its clients try again, and are refused with the same code. */
export const FORBIDDEN = 4403;

/** What is needed of an HTTP answer that is streamed. */
interface StreamedAnswer {
  readonly destroyed: boolean;
  destroy(): unknown;
  once(event: 'close', listener: () => void): unknown;
}

/** An event stream, which has no codes to be closed with: it is cut. */
export function heldStream(response: StreamedAnswer): HeldSocket {
  return {
    get readyState() {
      return response.destroyed ? CLOSED : OPEN;
    },
    close: () => response.destroy(),
    once: (event, listener) => response.once(event, listener),
  };
}

/**
 * The sockets that were opened with a key (a token's id), so that they end when the key does. That may happen in another process,
 * hence it is asked for again and again, and only while such sockets are open.
 */
export class HeldSockets implements Service {
  readonly name = 'sockets by token';
  readonly #revokedAmong: (keys: readonly string[]) => Promise<readonly string[]>;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #pollMs: number;
  readonly #sockets = new Map<string, Set<HeldSocket>>();
  #cancel: Cancel | undefined;

  constructor(revokedAmong: (keys: readonly string[]) => Promise<readonly string[]>, clock: Clock, log: Log, pollMs: number) {
    this.#revokedAmong = revokedAmong;
    this.#clock = clock;
    this.#log = log;
    this.#pollMs = pollMs;
  }

  start(): Promise<void> {
    return Promise.resolve();
  }

  stop(): Promise<void> {
    this.#sockets.clear();
    this.#rest();
    return Promise.resolve();
  }

  hold(key: string, socket: HeldSocket): void {
    if (socket.readyState !== OPEN) return; // gone while its key was looked up
    const sockets = this.#sockets.get(key) ?? new Set();
    this.#sockets.set(key, sockets.add(socket));
    socket.once('close', () => this.#forget(key, socket));
    this.#cancel ??= this.#clock.after(this.#pollMs, () => void this.#look());
  }

  #forget(key: string, socket: HeldSocket): void {
    const sockets = this.#sockets.get(key);
    sockets?.delete(socket);
    if (sockets?.size === 0) this.#sockets.delete(key);
    if (this.#sockets.size === 0) this.#rest();
  }

  #rest(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  async #look(): Promise<void> {
    try {
      const revoked = await this.#revokedAmong([...this.#sockets.keys()]);
      for (const key of revoked) for (const socket of this.#sockets.get(key) ?? []) socket.close(FORBIDDEN, 'the token was revoked');
    } catch (error) {
      this.#log.warn({ err: error }, 'could not look for revoked tokens; tried again');
    }
    this.#rest(); // a socket that came meanwhile may have set it
    if (this.#sockets.size > 0) this.#cancel = this.#clock.after(this.#pollMs, () => void this.#look());
  }
}
