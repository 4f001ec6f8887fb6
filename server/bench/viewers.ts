// Subscribers of a benchmark in a process of their own: they count what they hear, and the first of them keeps it.
import { RawSocket } from '../verify/raw-socket.ts';

export type ViewersAsk =
  | {
      readonly open: {
        readonly url: string;
        readonly count: number;
        readonly query: string;
        readonly sets: number;
        readonly sameId: boolean;
      };
    }
  | { readonly await: number };
export type ViewersTold = { readonly opened: true } | { readonly first: readonly string[] };

let heard = 0;
let awaited: number | undefined;
let first: string[] = [];
const OPEN_AT_ONCE = 50;

function hear(index: number, payload: Buffer): void {
  heard += 1;
  if (index === 0) first.push(payload.toString());
  look();
}

function look(): void {
  if (awaited === undefined || heard < awaited) return;
  heard -= awaited;
  awaited = undefined;
  process.send?.({ first } satisfies ViewersTold);
  first = [];
}

process.on('message', (ask: ViewersAsk) => {
  void (async () => {
    if ('await' in ask) {
      awaited = ask.await;
      return look();
    }
    const { url, count, query, sets, sameId } = ask.open;
    for (let opened = 0; opened < count; opened += OPEN_AT_ONCE) {
      const indexes = Array.from({ length: Math.min(OPEN_AT_ONCE, count - opened) }, (_, index) => opened + index);
      const sockets = await Promise.all(
        indexes.map((index) => RawSocket.open(url, { text: (payload) => hear(index, payload), closed: () => {} })),
      );
      for (const [at, socket] of sockets.entries()) {
        const index = indexes[at]!;
        socket.subscribe(sameId ? 's' : `subscriber-${index}`, query, sets > 1 ? { set: index % sets } : {});
      }
    }
    process.send?.({ opened: true } satisfies ViewersTold);
  })();
});
process.on('disconnect', () => process.exit(0));
