// Running programs for tools/run.mjs. Plain JavaScript: the host's Node may be too old for the project's TypeScript.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the whole project. */
export const root = resolve(fileURLToPath(import.meta.url), '../../..');
export const server = join(root, 'server');
export const web = join(root, 'web');

const windows = process.platform === 'win32';
/** The Node that the project runs on, whatever the host has: the npm package `node`. */
export const projectNode = join(root, 'node_modules', 'node', 'bin', windows ? 'node.exe' : 'node');

/** A reason to end that the user can understand: one line, exit code 1. */
export class Fault extends Error {}

/** How often to look whether npm, which started this process, still lives. */
const PARENT_CHECK_MS = 250;
const starters = startersOfThis();

/** Where Node keeps compiled code between two starts, which halves the time of a start; a folder that cannot be written is no fault. */
const COMPILE_CACHE = join(root, 'node_modules', '.cache', 'node-compile');

/**
 * How glibc (others know nothing of it) keeps memory. From the threshold on, bytes, it gives memory back as soon as it is free; it would
 * raise that limit by itself, and large messages would then leave holes that nothing fills. And threads share two arenas instead of
 * eight for each core to leave holes in. In `verify -- slow` the server took a quarter more memory without, growing by the minute. The Dockerfile
 * says the same.
 */
const MALLOC = { MALLOC_MMAP_THRESHOLD_: '131072', MALLOC_ARENA_MAX: '2' };

/**
 * When V8 looks through what is young, in MiB. Left to itself it waits for 16: a server with many viewers then stood still for 10 ms at a
 * time, up to 40, instead of 2, and took 100 MB more. It must be said at the start, unlike what the server sets itself. Every command of
 * the project runs with it; the Dockerfile says the same.
 */
export const NODE_FLAGS = ['--max-semi-space-size=4'];

/** @returns the environment in which every program of the project finds the project's Node and tools first */
export function environment(extra = {}) {
  const path = [join(root, 'node_modules', 'node', 'bin'), join(server, 'node_modules', '.bin'), process.env.PATH ?? ''];
  return {
    NODE_COMPILE_CACHE: COMPILE_CACHE,
    ...MALLOC,
    ...process.env,
    PATH: path.join(delimiter),
    ...extra,
  };
}

/** Runs a program to its end; `quiet` shows its output only if it fails. Resolves with its exit code. */
export function run(file, args, { cwd = root, env = environment(), quiet = false, shell = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd, env, shell, stdio: ['ignore', quiet ? 'pipe' : 'inherit', quiet ? 'pipe' : 'inherit'] });
    const output = [];
    child.stdout?.on('data', (data) => output.push(data));
    child.stderr?.on('data', (data) => output.push(data));
    child.once('error', (error) => reject(new Fault(`${file} does not run: ${error.message}`)));
    child.once('close', (code) => {
      if (code !== 0) process.stderr.write(Buffer.concat(output));
      resolve(code ?? 1);
    });
  });
}

/** Runs a script on the project's Node to its end. */
export const runNode = (script, args, options) => run(projectNode, [script, ...args], options);

/** Runs npm's npx, which on Windows is a script. */
export const runNpx = (args, options) => run('npx', args, { ...options, shell: windows });

/**
 * Becomes a script on the project's Node, as far as that goes: its terminal, its signals, its exit code. The script is told over its IPC
 * channel (`disconnect`) when this process is gone, and this process ends it when npm is gone: neither kill leaves a server behind.
 */
export function become(script, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(projectNode, [...NODE_FLAGS, script, ...args], {
      cwd: root,
      env: environment(),
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    });
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
    const watch = setInterval(() => {
      if (startersOfThis() !== starters && child.connected) child.disconnect();
    }, PARENT_CHECK_MS);
    child.once('error', (error) => {
      clearInterval(watch); // or this process would never end
      reject(new Fault(`${projectNode} does not run: ${error.message}`));
    });
    child.once('exit', (code) => {
      clearInterval(watch);
      resolve(code ?? 1); // null: ended by a signal that it does not handle
    });
  });
}

/** The processes that must live on: npm, and the shell through which it starts a script. Empty where npm did not start this. */
function startersOfThis() {
  if (process.env.npm_lifecycle_event === undefined) return '';
  const [name, parent] = processAt(process.ppid);
  return /^(sh|dash|bash|ash|busybox)$/.test(name) ? `${process.ppid} ${parent}` : `${process.ppid}`;
}

/** A process' name and its parent, where the platform tells without running a program; empty for one that is gone. */
function processAt(pid) {
  try {
    return /\((.*)\) \w (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')).slice(1);
  } catch {
    return ['', ''];
  }
}

/** Says what is being done and, when it is done, how long it took. */
export async function step(title, work) {
  const started = performance.now();
  process.stderr.write(`▸ ${title}\n`);
  const result = await work();
  process.stderr.write(`  ${title}: ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
  return result;
}
