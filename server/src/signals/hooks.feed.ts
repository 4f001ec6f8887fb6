import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AcceptSignal } from './accept-signal.ts';
import { isSender } from './authenticator.ts';
import type { Authentication, TooMany } from './authenticator.ts';
import type { ChangeSignal } from './change-signal.ts';
import { fromFreqtrade } from './freqtrade.ts';
import { HOOK_FAULTS } from './hook-faults.ts';
import type { HookFaultCode } from './hook-faults.ts';
import { readHookMessage } from './hook-message.ts';
import type { HookMessage } from './hook-message.ts';
import type { HookRequest } from './hook-signal.ts';
import { refuse, refuseWithout } from './refusals.ts';
import type { Refusal } from './refusals.ts';
import type { Sender } from './scopes.ts';
import type { SignalStatus } from './signal.ts';
import { fromTradingView } from './tradingview.ts';

export interface HookLimits {
  /** Bytes of one message. */
  readonly maxBodyBytes: number;
}

export interface HookPorts {
  /** Takes the price of any request from where it comes. */
  readonly knock: (request: IncomingMessage) => TooMany | undefined;
  readonly authenticate: (token: string, request: IncomingMessage) => Promise<Authentication>;
  readonly acceptSignal: Pick<AcceptSignal, 'accept'>;
  readonly changeSignal: Pick<ChangeSignal, 'cancel'>;
  readonly findByExternalId: (botId: string, externalId: string) => Promise<{ readonly id: string; readonly status: string } | null>;
  readonly load: (signalId: string) => Promise<{ readonly status: SignalStatus; readonly tradeId: string | null }>;
}

/** Below this path: /hooks/SOURCE/TOKEN. */
export const HOOKS_PATH = '/hooks/';

/** How each source's messages are understood. */
export const HOOK_SOURCES: Readonly<Record<string, (message: HookMessage) => HookRequest>> = {
  tradingview: fromTradingView,
  freqtrade: fromFreqtrade,
};

const CONTENT_TYPES = {
  'application/json': 'JSON',
  'text/plain': 'TEXT',
  'application/x-www-form-urlencoded': 'FORM',
} as const;

/** What is wrong with a request before its message is looked at, in the form of a refusal. */
interface Fault {
  readonly field: readonly string[];
  readonly code: string;
  readonly message: string;
}

interface Answer {
  readonly status: number;
  readonly body: {
    readonly signalId: string | null;
    readonly tradeId: string | null;
    readonly duplicate: boolean;
    /** For people, where the ids do not say it all. */
    readonly message?: string;
    readonly userErrors: readonly (Refusal | Fault)[];
  };
  readonly headers?: Readonly<Record<string, string>>;
}

const GOES_ON = 'Nobody can close a paper trade: it goes on to its take profit, stop loss or expiry.';

/**
 * Signals from systems that speak no GraphQL and send no headers. The token stands in the address, so the address is a secret and is
 * neither logged nor repeated. Everything is answered after the durable write, as createSignal would: by the same use cases.
 */
export function createHooks(ports: HookPorts, limits: HookLimits) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { status, body, headers } = await answerTo(request, ports, limits);
    if (response.destroyed) return; // the sender hung up
    response
      .writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', ...headers })
      .end(`${JSON.stringify(body)}\n`);
  };
}

async function answerTo(request: IncomingMessage, ports: HookPorts, limits: HookLimits): Promise<Answer> {
  const early = ports.knock(request);
  if (early) return tooMany(early);
  const [source = '', token = '', ...rest] = (request.url?.split('?', 1)[0] ?? '').slice(HOOKS_PATH.length).split('/');
  if (!Object.hasOwn(HOOK_SOURCES, source) || rest.length > 0)
    return fault('NOT_FOUND', `There is /hooks/SOURCE/TOKEN, where SOURCE is one of: ${Object.keys(HOOK_SOURCES).join(', ')}.`);
  if (request.method !== 'POST') return fault('METHOD_NOT_ALLOWED', HOOK_FAULTS.METHOD_NOT_ALLOWED.about, { allow: 'POST' });

  const sender = await ports.authenticate(token, request);
  if (sender === null) return fault('UNAUTHENTICATED', HOOK_FAULTS.UNAUTHENTICATED.about);
  if (!isSender(sender)) return tooMany(sender);

  const type = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() ?? 'text/plain';
  if (!Object.hasOwn(CONTENT_TYPES, type) || (request.headers['content-encoding'] ?? 'identity') !== 'identity')
    return fault('UNSUPPORTED_MEDIA_TYPE', `Send one of these, not compressed: ${Object.keys(CONTENT_TYPES).join(', ')}.`);
  const tooLarge = (headers = {}): Answer => fault('BODY_TOO_LARGE', `A message has at most ${limits.maxBodyBytes} bytes.`, headers);
  if (Number.parseInt(request.headers['content-length'] ?? '0', 10) > limits.maxBodyBytes) return tooLarge();
  const body = await readBody(request, limits.maxBodyBytes);
  if (body === 'TOO_LARGE') return tooLarge({ connection: 'close' }); // nobody knows how much more would come
  const message = body === undefined ? undefined : readHookMessage(body, CONTENT_TYPES[type as keyof typeof CONTENT_TYPES]);
  if (!message) return fault('BODY_NOT_READABLE', 'The message must be a JSON object, or lines of key=value, in UTF-8.');
  return act(HOOK_SOURCES[source]!(message), sender, ports);
}

async function act(asked: HookRequest, sender: Sender, ports: HookPorts): Promise<Answer> {
  if (asked.kind === 'REFUSED') return refused(asked.refusals);
  if (asked.kind === 'EXIT') return exit(asked.externalId, sender, ports);
  const denied = refuseWithout('signals:create', sender);
  if (denied.length > 0) return refused(denied);
  const { signal, duplicate, refusals } = await ports.acceptSignal.accept(sender.id, asked.input);
  if (!signal) return refused(refusals);
  return done({ signalId: signal.id, tradeId: signal.trade?.id ?? null, duplicate });
}

async function exit(externalId: string | null, sender: Sender, ports: HookPorts): Promise<Answer> {
  if (externalId === null) return done({ signalId: null, tradeId: null, duplicate: false, message: GOES_ON });
  const signal = await ports.findByExternalId(sender.id, externalId);
  if (!signal) return refused([refuse(['externalId'], 'SIGNAL_NOT_FOUND', 'Its entry never came, or had another key.')]);
  if (signal.status === 'PENDING') {
    const denied = refuseWithout('signals:change', sender);
    if (denied.length > 0) return refused(denied);
    await ports.changeSignal.cancel(sender.id, signal.id); // not done: it was activated or cancelled at this moment
  }
  const { status, tradeId } = await ports.load(signal.id);
  const message = status === 'CANCELLED' ? 'The signal is cancelled.' : status === 'CLOSED' ? 'The trade is closed already.' : GOES_ON;
  return done({ signalId: signal.id, tradeId, duplicate: false, message });
}

function done(body: Omit<Answer['body'], 'userErrors'>): Answer {
  return { status: 200, body: { ...body, userErrors: [] } };
}

function refused(userErrors: readonly (Refusal | Fault)[], status?: number): Answer {
  const forbidden = userErrors.some(({ code }) => code === 'FORBIDDEN');
  return { status: status ?? (forbidden ? 403 : 422), body: { signalId: null, tradeId: null, duplicate: false, userErrors } };
}

function fault(code: HookFaultCode, message: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return { ...refused([{ field: [], code, message }], HOOK_FAULTS[code].status), headers };
}

function tooMany({ code, retryAfterSeconds }: TooMany): Answer {
  return fault(code, HOOK_FAULTS[code].about, { 'retry-after': String(retryAfterSeconds) });
}

/** The body as text; undefined where it is no UTF-8 or the sender hung up. */
async function readBody(request: IncomingMessage, maxBytes: number): Promise<string | 'TOO_LARGE' | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      bytes += (chunk as Buffer).length;
      if (bytes > maxBytes) return 'TOO_LARGE';
      chunks.push(chunk as Buffer);
    }
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    return undefined;
  }
}
