import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, chownSync, existsSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { canEnter, isRoot, serviceAccount, type Account } from './account.ts';
import { readIfPresent, writeFileAtomically } from './data-folder.ts';
import { StartFault } from './start-fault.ts';

/** What DATA_DIR/postgres.json keeps, readable by its owner only. */
interface Kept {
  readonly password: string;
  /** The port of the last start; taken again when it is free. */
  readonly port?: number;
  /** Where the database is, when it is not in DATA_DIR. */
  readonly home?: string;
}

/** Where a data folder's database lives and whose it is. */
export interface PostgresHome {
  readonly dataDir: string;
  /** DATA_DIR, or a folder outside that the account can reach. */
  readonly home: string;
  /** Where PostgreSQL's files are; its user's own. */
  readonly folder: string;
  /** The cluster: PostgreSQL's own data directory. */
  readonly cluster: string;
  readonly logFile: string;
  /** Undefined: PostgreSQL runs as this process' user. */
  readonly account: Account | undefined;
  readonly password: string;
  readonly port: number | undefined;
}

const keptFile = (dataDir: string): string => join(dataDir, 'postgres.json');

/** The home as an earlier start left it, or undefined where there was none. */
export function findHome(dataDir: string): PostgresHome | undefined {
  const text = readIfPresent(keptFile(dataDir));
  if (text === undefined) {
    if (existsSync(join(dataDir, 'postgres', 'cluster')))
      throw new StartFault(`${keptFile(dataDir)}, which holds the database's password, is missing: put it back from a backup`);
    return undefined;
  }
  const kept = parse(text, keptFile(dataDir));
  const home = kept.home ?? dataDir;
  if (kept.home !== undefined && !existsSync(home))
    throw new StartFault(`the database of ${dataDir} is in ${home}, and that folder is missing`);
  const cluster = join(home, 'postgres', 'cluster');
  const account = existsSync(cluster) ? ownerOf(cluster) : isRoot() ? serviceAccount() : undefined;
  if (account !== undefined && !canEnter(home, account))
    throw new StartFault(`the user ${account.name}, who owns the database, cannot enter ${home}`);
  return describe(dataDir, home, account, kept);
}

/**
 * Chooses and creates the home of a new database. As an ordinary user it is the data folder. As root it belongs to the account that
 * PostgreSQL runs as; where that account cannot enter the data folder (below /root, say), it is a folder in `systemFolder` named after
 * the data folder's path.
 */
export function createHome(dataDir: string, systemFolder: string): PostgresHome {
  const account = isRoot() ? serviceAccount() : undefined;
  const inside = account === undefined || canEnter(dataDir, account);
  const home = inside ? dataDir : createOutside(dataDir, systemFolder);
  // Kept before the database is made: a start that is cut short is found and completed by the next.
  const kept: Kept = { password: randomBytes(24).toString('base64url'), ...(inside ? {} : { home }) };
  const created = describe(dataDir, home, account, kept);
  keep(dataDir, kept);
  return created;
}

/** Makes the folder that PostgreSQL's user owns, inside the home. */
export function preparePostgresFolder(home: PostgresHome): void {
  mkdirSync(home.folder, { recursive: true, mode: 0o700 });
  if (home.account !== undefined) chownSync(home.folder, home.account.uid, home.account.gid);
}

export function keepPort(home: PostgresHome, port: number): void {
  keep(home.dataDir, { password: home.password, port, ...(home.home === home.dataDir ? {} : { home: home.home }) });
}

/** A database whose data folder is gone keeps its folder: nothing is ever overwritten, a new one gets the next free name. */
function createOutside(dataDir: string, systemFolder: string): string {
  mkdirSync(systemFolder, { recursive: true, mode: 0o755 });
  const name = createHash('sha256').update(dataDir).digest('hex').slice(0, 16);
  for (let number = 1; ; number += 1) {
    const folder = join(systemFolder, number === 1 ? name : `${name}-${number}`);
    if (existsSync(folder)) continue;
    mkdirSync(folder);
    chmodSync(folder, 0o755);
    return folder;
  }
}

function describe(dataDir: string, home: string, account: Account | undefined, { password, port }: Kept): PostgresHome {
  const folder = join(home, 'postgres');
  return { dataDir, home, account, password, port, folder, cluster: join(folder, 'cluster'), logFile: join(folder, 'postgres.log') };
}

/** PostgreSQL must run as the owner of its files. */
function ownerOf(cluster: string): Account | undefined {
  const me = process.getuid?.();
  const { uid, gid } = statSync(cluster);
  if (me === undefined || uid === me) return undefined;
  if (me !== 0) throw new StartFault(`the database in ${cluster} belongs to another user (uid ${uid}): start as that user or as root`);
  return { name: `uid ${uid}`, uid, gid };
}

function keep(dataDir: string, kept: Kept): void {
  writeFileAtomically(keptFile(dataDir), `${JSON.stringify(kept, null, 2)}\n`, 0o600);
}

function parse(text: string, file: string): Kept {
  try {
    const { password, port, home } = JSON.parse(text) as Record<string, unknown>;
    if (typeof password !== 'string') throw new Error('no password');
    return { password, ...(typeof port === 'number' ? { port } : {}), ...(typeof home === 'string' ? { home } : {}) };
  } catch {
    throw new StartFault(`${file} is damaged: put it back from a backup, it holds the database's password`);
  }
}
