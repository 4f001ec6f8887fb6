// The least that a closure takes: a frame of the exchange, one row that is on the disk, one buffer for every socket.
import { once } from 'node:events';
import { createServer } from 'node:http';
import pg from 'pg';
import { WebSocket, WebSocketServer } from 'ws';
import { urlOf } from './contender-process.ts';

const [exchangeUrl = '', databaseUrl = '', symbols = '', takeProfit = ''] = process.argv.slice(2);

const database = new pg.Client({ connectionString: databaseUrl });
await database.connect();
await database.query('CREATE TABLE closures (sequence bigserial PRIMARY KEY, symbol text NOT NULL, price numeric NOT NULL)');
const INSERT = { name: 'insert', text: 'INSERT INTO closures (symbol, price) VALUES ($1, $2) RETURNING sequence' };

const server = createServer((_, response) => response.writeHead(404).end());
const sockets = new WebSocketServer({ server, path: '/graphql', perMessageDeflate: false, handleProtocols: () => 'graphql-transport-ws' });
sockets.on('connection', (socket) => socket.once('message', () => socket.send('{"type":"connection_ack"}')));

async function close(symbol: string, exitPrice: string): Promise<void> {
  const { rows } = await database.query<{ sequence: string }>({ ...INSERT, values: [symbol, exitPrice] });
  const [{ sequence }] = rows as [{ sequence: string }];
  const trade = { symbol, status: 'CLOSED_TP', exitPrice, realizedPnl: '9.9' };
  const frame = Buffer.from(JSON.stringify({ id: 'e', type: 'next', payload: { data: { tradeClosed: { sequence, trade } } } }));
  for (const socket of sockets.clients) socket.send(frame, { binary: false });
}

const streams = symbols.split(',').map((symbol) => `${symbol.toLowerCase()}@aggTrade`);
const feed = new WebSocket(`${exchangeUrl}/market/stream?streams=${streams.join('/')}`);
feed.on('message', (frame: Buffer) => {
  const { data } = JSON.parse(frame.toString()) as { data: { s: string; p: string } };
  if (Number(data.p) >= Number(takeProfit)) void close(data.s, data.p);
});
await once(feed, 'open');
process.on('disconnect', () => process.exit(0));
process.send?.({ url: await urlOf(server) });
