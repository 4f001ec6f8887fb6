import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, sep } from 'node:path';

const projectRoot = join(import.meta.dirname, '../..');
const FOLDERS = [
  'signals',
  'trades',
  'ticks',
  'closures',
  'record',
  'subscribers',
  'candles',
  'performance',
  'graphql',
  'kernel',
  'process',
  'generated',
];
/** words-with-hyphens, then the role, if it has one, then what kind of test of that file it is. */
const FILE_NAME = /^[a-z0-9]+(-[a-z0-9]+)*(\.(store|feed|schema|plugin))?(\.(test|db\.test|wire\.test|bench))?\.ts$/;

/** What in the project at `root` breaks the layers: "rule: file → file" or "file-name: file". */
export function findViolations(root: string): string[] {
  return [...misnamed(join(root, 'server', 'src')), ...forbiddenImports(root)];
}

function misnamed(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .split(sep),
    );
  return files
    .filter(([first = '']) => first !== 'generated')
    .filter((path) => path.length !== 2 || !FOLDERS.includes(path[0] ?? '') || !FILE_NAME.test(path[1] ?? '') || path[1] === 'index.ts')
    .map((path) => `file-name: server/src/${path.join('/')}`);
}

interface CruiseResult {
  readonly summary: {
    readonly violations: readonly { readonly rule: { readonly name: string }; readonly from: string; readonly to: string }[];
  };
}

/** The rules are in .dependency-cruiser.cjs. */
function forbiddenImports(root: string): string[] {
  const script = join(projectRoot, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruiser.mjs');
  const args = [script, '--config', join(projectRoot, '.dependency-cruiser.cjs'), '--output-type', 'json', 'server'];
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (!stdout.startsWith('{')) throw new Error(`dependency-cruiser failed: ${stdout}${stderr}`);
  const { summary } = JSON.parse(stdout) as CruiseResult;
  return summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`);
}
