import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BENCHES, FULL } from './benches.ts';
import { machine, show } from './report.ts';
import type { Report } from './report.ts';

const asked = process.argv.slice(2).filter((name) => name !== '--');
const unknown = asked.filter((name) => !Object.hasOwn(BENCHES, name));
if (unknown.length > 0) {
  console.error(`usage: npm run bench -- [${Object.keys(BENCHES).join('|')}] …\nunknown: ${unknown.join(', ')}`);
  process.exit(2);
}
const reports: Report[] = [];
for (const name of asked.length > 0 ? asked : Object.keys(BENCHES)) {
  const before = machine();
  const report = { bench: name, machine: before, rows: await BENCHES[name]!(FULL) };
  console.log(show(report));
  reports.push(report);
}
const file = process.env['BENCH_FILE'] ?? join(tmpdir(), 'bot-performance-bench.json');
writeFileSync(file, `${JSON.stringify(reports, null, 2)}\n`);
console.log(`as JSON: ${file}`);
