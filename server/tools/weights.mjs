// What the first page weighs: the build fails beyond the budgets. Plain JavaScript, as everything that runs before or without a build.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Fault, web } from './shell.mjs';

/** In kB (1,000 bytes) of gzip: what a visitor loads before anything lazy. The page's own HTML is weighed by its browser test. */
const BUDGETS = { js: 70, css: 12 };
const REQUESTS = 15;
/** The page itself and its icon. */
const OTHER_REQUESTS = 2;
const ROUTE = '/bot-performance';

/** Prints every weight; gives an exit code. */
export function weights() {
  const output = join(web, '.svelte-kit', 'output', 'client');
  const files = firstFiles(JSON.parse(readFileSync(join(output, '.vite', 'manifest.json'), 'utf8')));
  const weigh = (kind) => {
    const bytes = files.filter((file) => file.endsWith(`.${kind}`)).map((file) => gzipSync(readFileSync(join(output, file))).length);
    return { what: `${kind} in kB gzip`, is: bytes.reduce((sum, more) => sum + more, 0) / 1000, budget: BUDGETS[kind] };
  };
  const all = [weigh('js'), weigh('css'), { what: 'requests', is: files.length + OTHER_REQUESTS, budget: REQUESTS }];
  for (const { what, is, budget } of all)
    console.error(`  ${ROUTE}, ${what}: ${Math.round(is * 100) / 100} of ${budget}${is > budget ? ' ✗' : ''}`);
  return all.some(({ is, budget }) => is > budget) ? 1 : 0;
}

/** The entries of the route and everything that they import at once. */
function firstFiles(manifest) {
  const found = new Set();
  const follow = (key) => {
    const { file, css = [], imports = [] } = manifest[key];
    if (found.has(file)) return;
    for (const each of [file, ...css]) found.add(each);
    imports.forEach(follow);
  };
  const entries = ['/client/entry.js', '/client/client-entry.js', '/client/payload.js', '/app.js', ...nodes().map((n) => `/nodes/${n}.js`)];
  for (const end of entries) {
    const key = Object.keys(manifest).find((name) => name.endsWith(end));
    if (key === undefined) throw new Fault(`the build has no ${end}: SvelteKit changed, and server/tools/weights.mjs must follow`);
    follow(key);
  }
  return [...found];
}

/** SvelteKit's numbers of the root layout, of the error page, and of the route's page and its layouts. */
function nodes() {
  const app = readFileSync(join(web, '.svelte-kit', 'generated', 'build', 'client-optimized', 'app.js'), 'utf8');
  const [, page, layouts] = new RegExp(`"${ROUTE}": \\[(\\d+),\\[([\\d,]*)\\]`).exec(app) ?? [];
  if (page === undefined) throw new Fault(`the build has no page ${ROUTE}: SvelteKit changed, and server/tools/weights.mjs must follow`);
  return ['0', '1', page, ...layouts.split(',').filter(Boolean)];
}
