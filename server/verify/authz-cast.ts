import { randomBytes } from 'node:crypto';
import { Agent, request } from 'node:http';
import { BotsStore } from '../src/signals/bots.store.ts';
import type { Scope } from '../src/signals/scopes.ts';
import { newToken } from '../src/signals/tokens.ts';
import type { Role } from './authz-matrix.ts';
import type { WholeServer } from './whole-server.ts';

const CREATE_PENDING = `mutation { createSignal(input: { symbol: "BTCUSDT", direction: LONG, entryPrice: "100", takeProfit: "110",
  stopLoss: "90", status: PENDING }) { signal { id } } }`;

interface Tokens {
  readonly right: string;
  readonly other: string;
  readonly revoked: string;
  readonly unknown: string;
  readonly malformed: string;
  readonly only: Readonly<Record<Scope, string>>;
}

export interface Reply {
  readonly status: number;
  readonly body: string;
  readonly tookMs: number;
}

/** The roles with their tokens, how they speak to the server, and everything that it answered. */
export class Cast {
  readonly tokens: Tokens;
  readonly answers: string[] = [];
  /** A pending signal of the right bot. */
  signalId = '';
  readonly #whole: WholeServer;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 8 });

  private constructor(whole: WholeServer, tokens: Tokens) {
    this.#whole = whole;
    this.tokens = tokens;
  }

  static async of(whole: WholeServer): Promise<Cast> {
    const { database, clock, newId } = whole.server;
    const bots = new BotsStore(database.prisma);
    const make = (name: string, scopes?: readonly Scope[]) => bots.create(name, clock, newId, randomBytes, scopes);
    const [right, other, revoked, creating, changing] = [
      await make('Right'),
      await make('Other'),
      await make('Revoked'),
      await make('Creating', ['signals:create']),
      await make('Changing', ['signals:change']),
    ];
    await bots.revoke(revoked.tokenId, clock);
    return new Cast(whole, {
      right: right.token,
      other: other.token,
      revoked: revoked.token,
      unknown: newToken(randomBytes),
      malformed: right.token.slice(0, -1),
      only: { 'signals:create': creating.token, 'signals:change': changing.token },
    });
  }

  get url(): string {
    return this.#whole.server.url;
  }

  /** What a role sends where `scope` is needed. */
  tokenOf(role: Role, scope: Scope): string | null {
    const { right, other, revoked, unknown, malformed, only } = this.tokens;
    const lacking = only[scope === 'signals:create' ? 'signals:change' : 'signals:create'];
    return { anonymous: null, malformed, unknown, revoked, withoutScope: lacking, anotherBot: other, rightBot: right }[role];
  }

  heard(text: string): void {
    this.answers.push(text);
  }

  async ask(query: string, token: string | null): Promise<{ data?: unknown; errors?: unknown }> {
    const headers = token === null ? {} : { authorization: `Bearer ${token}` };
    const { body } = await this.post('/graphql', JSON.stringify({ query }), { 'content-type': 'application/json', ...headers });
    return JSON.parse(body) as { data?: unknown; errors?: unknown };
  }

  /** The status of an answer that is a page or a text. */
  async get(path: string, headers: Readonly<Record<string, string>>): Promise<number> {
    const response = await fetch(`${this.url}${path}`, { headers });
    this.heard(await response.text());
    return response.status;
  }

  hook(source: string, token: string, message: string): Promise<Reply> {
    return this.post(`/hooks/${source}/${encodeURIComponent(token)}`, message, {});
  }

  /** Over connections that stay open, so that the time is that of the answer alone. */
  post(path: string, body: string, headers: Readonly<Record<string, string>>): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const startedMs = performance.now();
      const sent = request(`${this.url}${path}`, {
        method: 'POST',
        agent: this.#agent,
        headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      });
      sent.on('error', reject);
      sent.on('response', (response) => {
        const tookMs = performance.now() - startedMs;
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('error', reject);
        response.on('end', () => {
          this.heard(text);
          resolve({ status: response.statusCode ?? 0, body: text, tookMs });
        });
      });
      sent.end(body);
    });
  }

  /** Makes a new pending signal of the right bot. */
  async renew(): Promise<void> {
    const { data } = await this.ask(CREATE_PENDING, this.tokens.right);
    this.signalId = (data as { createSignal: { signal: { id: string } } }).createSignal.signal.id;
  }

  /** The position of the record: every write moves it. */
  async stored(): Promise<string> {
    const { rows } = await this.#whole.server.database.pool.query<{ sequence: string }>('SELECT sequence FROM record_head');
    return rows[0]!.sequence;
  }

  end(): void {
    this.#agent.destroy();
  }
}
