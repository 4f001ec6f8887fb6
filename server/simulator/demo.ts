import { randomInt } from 'node:crypto';
import { processLog } from '../src/process/environment.ts';
import { runProcess } from '../src/process/lifecycle.ts';
import { writeTo } from '../src/process/log.ts';
import { systemClock } from '../src/process/system-clock.ts';
import { startDemo } from './demo/start-demo.ts';
import { seededRandom } from './price-model.ts';

// `npm run demo`: the whole product on a simulated exchange with sample bots, in one process, until a signal ends it.
process.env['NODE_ENV'] ??= 'production';
process.env['STAGED_STATES'] = 'demo'; // the pages' states can be opened by `?state=` here, and nowhere else
const random = seededRandom(randomInt(2 ** 32));
await runProcess(
  () => startDemo({ environment: process.env, clock: systemClock, random, say: writeTo(1) }),
  processLog({ logLevel: 'warn' }),
);
