import { compose } from '../src/process/compose.ts';
import { configFrom } from '../src/process/environment.ts';
import { startServer } from '../src/process/server.ts';

/** The server in a process of its own, to be killed: settings from the environment, its address on the first line of stdout. */
const log = { debug() {}, info() {}, warn() {}, error: (fields: object, message: string) => console.error(message, fields) };
const { url } = await startServer({ config: configFrom(process.env), compose, log, web: (_, response) => response.writeHead(404).end() });
console.log(url);
