import { spawn, spawnSync } from 'node:child_process';
import { messageOf, StartFault } from './start-fault.ts';

/** The operating system's user that PostgreSQL runs as where this process may not be it: PostgreSQL refuses root. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** The user `postgres` if the machine has one, else `nobody`. Nothing is created. */
export function serviceAccount(): Account {
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = [idOf(name, '-u'), idOf(name, '-g')];
    if (uid !== undefined && gid !== undefined) return { name, uid, gid };
  }
  throw new StartFault('PostgreSQL refuses to run as root and this machine has neither a user postgres nor nobody: start as another user');
}

/** Whether the account may enter the folder, through every folder above it. */
export function canEnter(folder: string, account: Account): boolean {
  return canRun('/bin/sh', ['-c', 'cd -- "$1"', 'sh', folder], account).ok;
}

/** Runs a short program and says whether it succeeded, with what it printed. */
export function canRun(file: string, args: readonly string[], account: Account | undefined): { ok: boolean; output: string } {
  const { status, error, stdout, stderr } = spawnSync(file, args, { ...childOptions(account), encoding: 'utf8' });
  return { ok: status === 0, output: error === undefined ? `${stdout}${stderr}`.trim() : messageOf(error) };
}

export interface RunOptions {
  readonly account: Account | undefined;
  /** The folder to run in. */
  readonly cwd: string;
  /** False where a grandchild would keep the pipes open. */
  readonly output: boolean;
}

/** Runs a program to its end. */
export function run(file: string, args: readonly string[], options: RunOptions): Promise<{ code: number | null; output: string }> {
  const { account, cwd } = options;
  const pipe = options.output ? 'pipe' : 'ignore';
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { ...childOptions(account), cwd, stdio: ['ignore', pipe, pipe] });
    let text = '';
    child.stdout?.on('data', (data: Buffer) => (text += data.toString()));
    child.stderr?.on('data', (data: Buffer) => (text += data.toString()));
    child.once('error', (error) => reject(new StartFault(`${file} does not run: ${messageOf(error)}`)));
    child.once('close', (code) => resolve({ code, output: text.trim() }));
  });
}

/** A folder any account may stand in, and an environment without PG* variables, secrets or a foreign language. */
function childOptions(account: Account | undefined) {
  const { PATH, SystemRoot, TEMP } = process.env;
  const env = { PATH, SystemRoot, TEMP, LC_ALL: 'C', TZ: 'UTC' };
  return { cwd: '/', env, windowsHide: true, ...(account === undefined ? {} : { uid: account.uid, gid: account.gid }) };
}

function idOf(name: string, flag: '-u' | '-g'): number | undefined {
  const { status, stdout } = spawnSync('id', [flag, name], { encoding: 'utf8' });
  return status === 0 ? Number.parseInt(stdout, 10) : undefined;
}
