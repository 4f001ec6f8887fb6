import pino from 'pino';
import type { Log } from '../kernel/log.ts';
import type { Config } from './config.ts';

/** What must not be logged whatever part of a line it is in: a bot's token, a bearer token, the password in a URL. */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/bpt_live_\w+/g, 'bpt_live_[redacted]'],
  [/(Bearer\s+)[^\s"\\]+/gi, '$1[redacted]'],
  [/(\w:\/\/[^\s:/@"]*:)[^\s/@"]+@/g, '$1[redacted]@'],
];
const SECRET_FIELDS = ['token', 'password', 'authorization', '*.token', '*.password', '*.authorization'];
const LEVELS = { 20: 'debug', 30: 'info', 40: 'WARN', 50: 'ERROR' } as const;

export interface LogOptions {
  readonly level: Config['logLevel'];
  /** A person reads it: short lines in place of one JSON object per line. */
  readonly readable: boolean;
  readonly write: (line: string) => void;
}

/** The log of the process: one line per entry, without secrets. */
export function createLog({ level, readable, write }: LogOptions): Log {
  const stream = { write: (line: string) => write(withoutSecrets(readable ? forPeople(line) : line)) };
  const redact = { paths: SECRET_FIELDS, censor: '[redacted]' };
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime, redact }, stream);
}

/** Writes to a terminal, file or pipe at once, so that the last line before an end is not lost. 1 is stdout, 2 stderr. */
export function writeTo(fileDescriptor: 1 | 2): (line: string) => void {
  const destination = pino.destination({ fd: fileDescriptor, sync: true });
  destination.on('error', () => {}); // nobody reads any more: no reason to end
  return (line) => destination.write(line);
}

export function withoutSecrets(line: string): string {
  return SECRETS.reduce((text, [pattern, replacement]) => text.replaceAll(pattern, replacement), line);
}

/** `{"level":30,"time":"…T12:00:01.234Z","home":"/x","msg":"started"}` → `12:00:01.234 started home=/x` */
function forPeople(line: string): string {
  const { level, time, msg, err, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const name = LEVELS[level as keyof typeof LEVELS];
  const parts = [String(time).slice(11, 23), ...(name === 'info' ? [] : [name]), String(msg)];
  for (const [key, value] of Object.entries(fields)) parts.push(`${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const stack = typeof err === 'object' && err !== null && 'stack' in err ? `\n${String(err.stack)}` : '';
  return `${parts.join(' ')}${stack}\n`;
}
