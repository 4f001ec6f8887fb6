// Writes what the page for developers takes from the server's code, or with --check says whether it is current. See `npm run generate`.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { apiFacts } from '../src/process/api-facts.ts';

const file = join(import.meta.dirname, '../../web/src/routes/developers/_parts/api-facts.json');
const facts = `${JSON.stringify(apiFacts(), null, 2)}\n`;

if (!process.argv.includes('--check')) writeFileSync(file, facts);
else if (readFileSync(file, 'utf8') !== facts) {
  console.error('web/src/routes/developers/_parts/api-facts.json is not what the code says; run: npm run generate');
  process.exitCode = 1;
}
