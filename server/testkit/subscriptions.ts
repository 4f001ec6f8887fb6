import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { Collector } from './collector.ts';

export type Transport = 'WS' | 'SSE';
export const TRANSPORTS: readonly Transport[] = ['WS', 'SSE'];

interface Result {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: Collector<unknown>['errors'];
}

/** Subscribes to the first field of `document` and collects what it tells. */
export function subscribe<T>(url: string, document: string, variables: Record<string, unknown>, transport: Transport): Collector<T> {
  return transport === 'WS' ? overWebSocket<T>(url, document, variables) : overServerSentEvents<T>(url, document, variables);
}

function take<T>(collector: Collector<T>, { data, errors }: Result): void {
  if (errors) collector.fail(errors);
  for (const value of Object.values(data ?? {})) collector.push(value as T);
}

function overWebSocket<T>(url: string, query: string, variables: Record<string, unknown>): Collector<T> {
  const client = createClient({ url: url.replace(/^http/, 'ws'), webSocketImpl: WebSocket, retryAttempts: 0 });
  const collector: Collector<T> = new Collector<T>(() => {
    unsubscribe();
    void client.dispose();
  });
  const unsubscribe = client.subscribe<Result['data']>(
    { query, variables },
    {
      next: (result) => take(collector, result as Result),
      error: (error) => {
        if (Array.isArray(error)) collector.fail(error as Collector<T>['errors']);
        collector.end(Array.isArray(error) ? 'refused' : describe(error));
      },
      complete: () => collector.end('complete'),
    },
  );
  return collector;
}

function overServerSentEvents<T>(url: string, query: string, variables: Record<string, unknown>): Collector<T> {
  const abort = new AbortController();
  const collector = new Collector<T>(() => abort.abort());
  const read = async (): Promise<void> => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ query, variables }),
      signal: abort.signal,
    });
    if (!response.body) return collector.end(`HTTP ${response.status} without a body`);
    let text = '';
    const decoder = new TextDecoder();
    for await (const chunk of response.body) {
      text += decoder.decode(chunk as Uint8Array, { stream: true });
      const frames = text.split('\n\n');
      text = frames.pop() ?? '';
      for (const frame of frames) {
        const data = /^data: ?(.+)$/m.exec(frame)?.[1];
        if (/^event: ?complete$/m.test(frame)) collector.end('complete');
        else if (data !== undefined) take(collector, JSON.parse(data) as Result);
      }
    }
    collector.end('the connection ended');
  };
  read().catch((error: unknown) => collector.end(describe(error)));
  return collector;
}

function describe(error: unknown): string {
  if (error instanceof Error) return error.message;
  const { code, reason } = error as { code?: number; reason?: string };
  return code === undefined ? String(error) : `closed ${code} ${reason ?? ''}`.trim();
}
