import { compose } from '../src/process/compose.ts';
import { configFrom } from '../src/process/environment.ts';
import { Closers, runProcess } from '../src/process/lifecycle.ts';
import { startServer } from '../src/process/server.ts';

/** One node of the leader rig in a process of its own: like the real one, but says its address on stdout and its troubles on stderr. */
if (process.env['DEAF'] === 'true') {
  // A planted fault: what runs with the lead goes on running when the lead is lost.
  Closers.prototype.close = () => Promise.resolve();
}
const say = (fields: object, message: string): void => void process.stderr.write(`${message} ${JSON.stringify(fields, errorsAsText)}\n`);
const log = { debug() {}, info() {}, warn: say, error: say };

function errorsAsText(_: string, value: unknown): unknown {
  return value instanceof Error ? value.message : value;
}

const start = async () => {
  const server = await startServer({ config: configFrom(process.env), compose, log, web: (_, response) => response.writeHead(404).end() });
  process.stdout.write(`${server.url}\n`);
  return server;
};
await runProcess(start, log);
