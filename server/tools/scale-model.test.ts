import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { MEASURED, needOf, scaleTable } from './scale-model.ts';

const page = readFileSync(join(import.meta.dirname, '../docs/SCALE.md'), 'utf8');

test('the page holds the table as it is computed', () => {
  expect(page).toContain(`<!-- scale-model.ts -->\n\n${scaleTable()}\n\n<!-- /scale-model.ts -->`);
});

test('the page names every figure that was measured', () => {
  for (const [name, value] of Object.entries(MEASURED)) expect(page).toMatch(new RegExp(`\\| +\`${name}\` +\\| +${value} +\\|`));
});

test('needs grow with what is asked for', () => {
  const small = needOf({ viewers: 1_000, symbols: 50, signalsPerMinute: 20 });
  const more = needOf({ viewers: 100_000, symbols: 500, signalsPerMinute: 200 });
  expect(small.apiNodes).toBeGreaterThanOrEqual(2);
  expect(more.apiNodes).toBeGreaterThan(small.apiNodes);
  expect(more.leaderCorePct).toBeGreaterThan(small.leaderCorePct);
  expect(more.postgresCorePct).toBeGreaterThanOrEqual(small.postgresCorePct);
});
