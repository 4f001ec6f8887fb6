import { request } from 'node:http';
import type { Agent } from 'node:http';
import { text } from 'node:stream/consumers';
import { WebSocket } from 'ws';
import { closeOf } from './dos-transports.ts';
import type { Target } from './dos-transports.ts';

const TIMEOUT_MS = 15_000;

export interface AskOptions {
  readonly accept?: string;
  readonly agent?: Agent;
}

/** One POST from an address of its own: status and body. */
export function post({ url, from }: Target, body: object | string, { accept = 'application/json', agent }: AskOptions = {}): Promise<{ status: number; text: string }> {
  const json = typeof body === 'string' ? body : JSON.stringify(body);
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(json), accept };
  return new Promise((resolve, reject) => {
    const asked = request(url, { method: 'POST', headers, localAddress: from, ...(agent && { agent }), timeout: TIMEOUT_MS }, (response) => {
      text(response).then((body_) => resolve({ status: response.statusCode ?? 0, text: body_ }), reject);
    });
    asked.once('timeout', () => asked.destroy(new Error('no answer in time'))).once('error', reject);
    asked.end(json);
  });
} // prettier-ignore

/** A subscription over a WebSocket of its own: what the server said, and how it closed, if it did. */
export async function subscribeOnce({ url, from }: Target, query: string): Promise<string> {
  const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws', { localAddress: from });
  let said = '';
  socket.on('error', () => {});
  socket.on('message', (data) => {
    const message = JSON.parse(String(data)) as { type: string };
    if (message.type === 'connection_ack') socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query } }));
    else said += String(data);
    if (message.type === 'error' || message.type === 'complete' || message.type === 'next') socket.close(1000);
  });
  socket.once('open', () => socket.send('{"type":"connection_init"}'));
  const late = setTimeout(() => socket.terminate(), TIMEOUT_MS);
  const code = await closeOf(socket);
  clearTimeout(late);
  return `${said} closed ${code}`;
}
