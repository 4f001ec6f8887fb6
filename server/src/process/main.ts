import { compose } from './compose.ts';
import { configFrom, environmentWithFile, processLog } from './environment.ts';
import { runProcess } from './lifecycle.ts';
import { startServer } from './server.ts';

// `npm start`: the real thing, until a signal ends it.
process.env['NODE_ENV'] ??= 'production';
const start = async () => startServer({ config: configFrom(environmentWithFile(process.env)), compose });
// Faults of the configuration come before it says how much to log.
await runProcess(start, processLog({ logLevel: 'info' }));
