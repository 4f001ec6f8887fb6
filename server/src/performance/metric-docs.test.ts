import { describe, expect, test } from 'vitest';
import { METRIC_DOCS } from './metric-docs.ts';
import { OTHER_DOCS } from './other-docs.ts';

describe('metric docs', () => {
  test.for(Object.entries({ ...METRIC_DOCS, ...OTHER_DOCS }))('%s has a heading, a formula and one sentence', ([, doc]) => {
    expect(doc.name).toMatch(/^[A-Z].*[^.]$/);
    expect(doc.formula.length).toBeGreaterThan(0);
    expect(doc.explanation).toMatch(/^[A-Z][^.]*\.$/);
  });

  test('no two figures share a heading', () => {
    const names = Object.values({ ...METRIC_DOCS, ...OTHER_DOCS }).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});
