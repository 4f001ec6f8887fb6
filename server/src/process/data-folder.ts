import { existsSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { codeOf, messageOf, StartFault } from './start-fault.ts';

/** Another living process uses the data folder. */
export class DataFolderInUse extends StartFault {}

/** Releases a lock; again does nothing. */
export type Unlock = () => void;

/**
 * Creates the data folder if need be and makes sure that files can be written there.
 * Returns its real path. Throws a StartFault that names the folder.
 */
export function openDataFolder(folder: string): string {
  try {
    makeFolder(resolve(folder));
    const real = realpathSync(folder);
    const probe = join(real, `.writable-${process.pid}`);
    writeFileSync(probe, '', { flag: 'wx' });
    rmSync(probe);
    return real;
  } catch (error) {
    throw new StartFault(`the data folder ${folder} cannot be written (DATA_DIR): ${messageOf(error)}`);
  }
}

/** Node's own recursive mkdir never comes back where a folder cannot be made for want of the one above it, as below /proc. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error; // another process was faster
  }
}

/**
 * Locks a folder for this process. The lock is one of the operating system's on the file `lock`, so it ends with the process however
 * that ends, and a stale one cannot exist. Node has no call for such locks; SQLite, which is inside Node, takes them when an exclusive
 * transaction begins. Nothing is ever written to that file.
 *
 * Throws DataFolderInUse when another process, or another caller in this one, holds it.
 */
export function lockFolder(folder: string): Unlock {
  const holderFile = join(folder, 'lock.holder');
  const database = new DatabaseSync(join(folder, 'lock'));
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (!messageOf(error).includes('locked')) throw new StartFault(`the data folder ${folder} cannot be locked: ${messageOf(error)}`);
    throw new DataFolderInUse(`the data folder ${folder} is in use by another process (${readHolder(holderFile)})`);
  }
  writeFileAtomically(holderFile, `pid ${process.pid}`, 0o644);
  let held = true;
  return () => {
    if (!held) return;
    held = false;
    rmSync(holderFile, { force: true });
    database.close();
  };
}

/** Writes a whole file or nothing: a reader, or a start after a crash, never sees half of it. */
export function writeFileAtomically(file: string, content: string, mode: number): void {
  const temporary = `${file}.${process.pid}.new`;
  rmSync(temporary, { force: true });
  writeFileSync(temporary, content, { flag: 'wx', mode, flush: true });
  renameSync(temporary, file);
}

/** The text of a file, or undefined where there is none. */
export function readIfPresent(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw new StartFault(`${file} cannot be read: ${messageOf(error)}`);
  }
}

function readHolder(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return 'pid unknown';
  }
}
