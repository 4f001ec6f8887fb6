// `npm run check`: everything that can be said about the code without running it. All checks run, also after one that fails.
import { join } from 'node:path';
import { root, run, runNode, server, step, web } from './shell.mjs';
import { weights } from './weights.mjs';

const bin = (folder, path) => join(folder, 'node_modules', path);

const checks = {
  'types of the server': () => runNode(bin(root, 'typescript/bin/tsc'), ['-p', '.'], { cwd: server }),
  'types of the web': () => run('npm', ['run', '--silent', 'check'], { cwd: web }),
  lint: () => runNode(bin(root, 'eslint/bin/eslint.js'), ['.']),
  format: () => runNode(bin(root, 'prettier/bin/prettier.cjs'), ['--check', '--log-level', 'warn', '.']),
  'schema.graphql is what the code says': () => runNode('src/graphql/print-schema.ts', ['--check'], { cwd: server }),
  'weights of the first page': () => weights(),
  'schema.graphql breaks no client of the released one': () => runNode('tools/check-released.ts', [], { cwd: server }),
  'what developers read is what the code says': () => runNode('tools/write-api-facts.ts', ['--check'], { cwd: server }),
  'who may import whom': () =>
    runNode(bin(root, 'dependency-cruiser/bin/dependency-cruiser.mjs'), ['--config', '.dependency-cruiser.cjs', 'server']),
};

export async function check() {
  const failed = [];
  for (const [title, work] of Object.entries(checks)) if ((await step(title, work)) !== 0) failed.push(title);
  console.error(failed.length === 0 ? '✓ all checks pass' : `✗ ${failed.join(', ')}`);
  return failed.length === 0 ? 0 : 1;
}
