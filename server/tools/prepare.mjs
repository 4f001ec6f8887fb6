// What a command needs before it can run, made when it is missing or out of date. Each has a marker with a hash of all it is made from.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { environment, Fault, root, runNode, runNpx, server, step, web } from './shell.mjs';
import { weights } from './weights.mjs';

/** The host need not have it: npx fetches it when packages are to be installed. */
const PNPM = 'pnpm@12.21.0';
const LOCK_FILE = join(root, 'pnpm-lock.yaml');
const PACKAGE_FILES = ['package.json', 'server/package.json', 'web/package.json', 'pnpm-workspace.yaml'].map((file) => join(root, file));
const SCHEMA = join(root, 'prisma', 'schema.prisma');

/** The packages of the lock file. The only thing that needs a network. */
export async function dependencies() {
  const marker = join(root, 'node_modules', '.installed');
  await makeUnlessCurrent(marker, [LOCK_FILE, ...PACKAGE_FILES], 'installing the dependencies', async () => {
    // CI: never ask, for instance whether an older node_modules may be replaced.
    const env = { ...process.env, CI: 'true' };
    const code = await runNpx(['-y', PNPM, 'install', '--frozen-lockfile'], { env });
    if (code !== 0)
      throw new Fault(`the dependencies could not be installed (pnpm ended with code ${code}): is the npm registry reachable?`);
  });
}

/** What the benchmarks measure against, where it cannot live among the product's own packages. */
export async function opponents() {
  const folder = join(server, 'bench', 'mercurius');
  const files = [join(folder, 'package.json'), join(folder, 'pnpm-lock.yaml')];
  await makeUnlessCurrent(join(folder, 'node_modules', '.installed'), files, 'installing the opponents of the benchmarks', async () => {
    const env = { ...process.env, CI: 'true' };
    const code = await runNpx(['-y', PNPM, 'install', '--frozen-lockfile', '--ignore-workspace'], { cwd: folder, env });
    if (code !== 0) throw new Fault('mercurius could not be installed: is the npm registry reachable?');
  });
}

/** The Prisma client and Pothos' types of it. */
export async function generatedCode() {
  const marker = join(server, 'src', 'generated', '.made-from');
  await makeUnlessCurrent(marker, [SCHEMA, LOCK_FILE], 'generating the database client', generatePrisma);
}

export async function generatePrisma() {
  // `generate` uses no schema engine, but would download one unless it is told of some program that can be executed.
  const env = environment({ PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, PRISMA_HIDE_UPDATE_MESSAGE: '1', CHECKPOINT_DISABLE: '1' });
  const script = join(server, 'node_modules', 'prisma', 'build', 'index.js');
  const config = join(root, 'prisma', 'prisma.config.ts');
  const code = await runNode(script, ['generate', '--no-hints', '--config', config], { cwd: server, env, quiet: true });
  if (code !== 0) throw new Fault('the database client could not be generated');
}

/** The web pages, built for the server to serve. */
export async function webBuild() {
  const sources = [
    join(web, 'src'),
    join(web, 'static'),
    ...configFiles(web),
    join(root, 'schema.graphql'),
    join(root, 'CHANGELOG.md'),
    LOCK_FILE,
  ];
  await makeUnlessCurrent(join(web, 'build', '.made-from'), sources, 'building the web pages', async () => {
    const script = join(web, 'node_modules', 'vite', 'bin', 'vite.js');
    if ((await runNode(script, ['build'], { cwd: web, quiet: true })) !== 0) throw new Fault('the web pages could not be built');
    if (weights() !== 0) throw new Fault('the first page is heavier than its budget: load what nobody sees at first later');
  });
}

async function makeUnlessCurrent(marker, sources, title, make) {
  const hash = hashOf(sources);
  if (existsSync(marker) && readFileSync(marker, 'utf8') === hash) return;
  rmSync(marker, { force: true });
  await step(title, make);
  mkdirSync(dirname(marker), { recursive: true });
  writeFileSync(marker, hash);
}

/** One hash of all files, also of those in folders, with their names; and of the platform, since packages bring programs for it. */
function hashOf(paths) {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}\n`);
  for (const file of paths.flatMap(filesIn))
    hash
      .update(`${file.slice(root.length)}\0`)
      .update(readFileSync(file))
      .update('\0');
  return hash.digest('hex');
}

function filesIn(path) {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesIn(join(path, name)));
}

function configFiles(folder) {
  return readdirSync(folder)
    .filter((name) => statSync(join(folder, name)).isFile())
    .sort()
    .map((name) => join(folder, name));
}
