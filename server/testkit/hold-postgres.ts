// A process that owns an embedded PostgreSQL until it is told to stop, for tests that kill such a process or run it as another user:
// node hold-postgres.ts DATA_DIR SYSTEM_FOLDER. Prints one line of JSON when it is started.
import { startEmbeddedPostgres } from '../src/process/embedded-postgres.ts';
import { silentLog } from './silent-log.ts';

const [dataDir = '', systemFolder = ''] = process.argv.slice(2);
const limits = { settings: { fsync: 'off' }, startTimeoutMs: 60_000, stopTimeoutMs: 20_000, lockTimeoutMs: 0 };
try {
  const postgres = await startEmbeddedPostgres({ dataDir, systemFolder, log: silentLog, ...limits });
  process.stdout.write(`${JSON.stringify({ url: postgres.url, home: postgres.home, origin: postgres.origin })}\n`);
  process.on('SIGTERM', () => void postgres.stop().then(() => process.exit(0)));
  setInterval(() => {}, 60_000); // stays alive
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
