import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { Clock } from '../kernel/clock.ts';
import type { TradeFilter } from '../trades/trade-filter.ts';
import type { ExportRow } from './export-columns.ts';
import { BadParameter, filterFromQuery } from './export-filter.ts';
import type { ExportFormat, ExportHead } from './export-format.ts';

export interface ExportLimits {
  /** Events of the record looked through at once. */
  readonly windowSize: number;
  /** Longest download; then it is cut. */
  readonly maxDurationMs: number;
}

export interface ExportReader {
  head(): Promise<bigint>;
  window(filter: TradeFilter, asOf: bigint, after: bigint, until: bigint): Promise<ExportRow[]>;
}

const READABLE_BY_ALL = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'content-disposition, retry-after',
  'cache-control': 'no-store',
};

/**
 * Downloads of the whole history: read window by window as the client takes it, so memory stays flat whatever the length of
 * the record and the speed of the reader.
 */
export class Exports {
  readonly #reader: ExportReader;
  readonly #clock: Clock;
  readonly #limits: ExportLimits;

  constructor(reader: ExportReader, clock: Clock, limits: ExportLimits) {
    this.#reader = reader;
    this.#clock = clock;
    this.#limits = limits;
  }

  /** Answers one request for a download in this format. */
  async answer(format: ExportFormat, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return refuse(response, 405, 'METHOD_NOT_ALLOWED', 'A download is asked for by GET.', { allow: 'GET, HEAD' });
    let filter: TradeFilter;
    try {
      filter = filterFromQuery(request.url?.split('?').slice(1).join('?') ?? '', this.#clock.now());
    } catch (error) {
      if (error instanceof BadParameter) return refuse(response, 400, 'BAD_PARAMETER', error.message);
      throw error;
    }
    const stopWaiting = this.#clock.after(this.#limits.maxDurationMs, () => response.destroy());
    try {
      const sequence = await this.#reader.head();
      const head = { asOf: this.#clock.now(), sequence, filter };
      const name = `bot-performance-${head.asOf.toISOString().replaceAll(/[-:]|\.\d+/g, '')}.${format.extension}`;
      response.writeHead(200, {
        ...READABLE_BY_ALL,
        'content-type': format.contentType,
        'content-disposition': `attachment; filename="${name}"`,
      });
      if (request.method === 'HEAD') response.end();
      else await pipeline(this.#text(format, head), response);
    } catch (error) {
      if (!isGone(error)) throw error;
    } finally {
      stopWaiting();
    }
  }

  async *#text(format: ExportFormat, head: ExportHead): AsyncGenerator<string> {
    yield format.begin(head);
    let first = true;
    const size = BigInt(this.#limits.windowSize);
    for (let after = 0n; after < head.sequence; after += size) {
      const until = after + size < head.sequence ? after + size : head.sequence;
      const rows = await this.#reader.window(head.filter, head.sequence, after, until);
      if (rows.length === 0) continue;
      yield format.rows(rows, first);
      first = false;
    }
    const end = format.end();
    if (end !== '') yield end;
  }
}

/** The reader hung up before the end, or was cut: nobody is left to be told. */
function isGone(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ERR_STREAM_DESTROYED';
}

/** In the form in which the API tells errors. */
function refuse(response: ServerResponse, status: number, code: string, message: string, headers: Record<string, string> = {}): void {
  response
    .writeHead(status, { ...READABLE_BY_ALL, 'content-type': 'application/json; charset=utf-8', ...headers })
    .end(JSON.stringify({ errors: [{ message, extensions: { code } }] }));
}
