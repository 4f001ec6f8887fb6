// Compares schema.graphql with the last released one. With --write: schema.graphql is released as it is. See CONTRIBUTING.md.
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { undeclaredChanges } from './breaking-changes.ts';

const root = join(import.meta.dirname, '../..');
const current = join(root, 'schema.graphql');
const released = join(root, 'server', 'released.graphql');
const read = (file: string): string => readFileSync(file, 'utf8');

if (process.argv.includes('--write')) {
  copyFileSync(current, released);
} else {
  const changes = undeclaredChanges(read(released), read(current), read(join(root, 'CHANGELOG.md')));
  if (changes.length > 0) {
    console.error(`schema.graphql breaks clients of the released one:\n${changes.map((change) => `  - ${change}`).join('\n')}`);
    console.error('Undo that, or declare it: put these sentences into CHANGELOG.md, under "## Unreleased" and "### Breaking".');
    process.exitCode = 1;
  }
}
