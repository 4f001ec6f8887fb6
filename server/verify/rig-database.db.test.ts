import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';
import { hasBrowser } from '../testkit/browser.ts';
import { until } from '../testkit/waiting.ts';
import { Child } from './child.ts';

const moduleOf = (path: string): string => `import('${new URL(path, import.meta.url).href}')`;
const HOLDS_ONE = `setInterval(() => {}, 60_000); // stays alive
  ${moduleOf('rig-database.ts')}.then(({ rigDatabase }) => rigDatabase(undefined, { fsync: 'off' })).then(({ url }) => console.log(url))`;
const HOLDS_A_BROWSER_TOO = `${moduleOf('../testkit/browser.ts')}.then(({ openBrowser }) => openBrowser()).then(() => { ${HOLDS_ONE} })`;
/** Disks of loaded machines are slow, and this makes a cluster. */
const PATIENT = { timeout: 120_000 };

describe('a rig that is ended takes its PostgreSQL and its folder with it', PATIENT, () => {
  const hold = (script: string) => {
    const folder = mkdtempSync(join(tmpdir(), 'bot-performance-test-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    chmodSync(folder, 0o755); // as root, PostgreSQL's user must be able to enter it
    return { rig: new Child('-e', [script], { TMPDIR: folder }), left: () => readdirSync(folder).filter((name) => name.includes('rig')) };
  };
  const expectGone = (url: string) => expect(new pg.Client({ connectionString: url }).connect()).rejects.toThrow('ECONNREFUSED');

  test.each(['SIGTERM', 'SIGINT'] as const)('by %s, which may come twice', async (signal) => {
    const { rig, left } = hold(HOLDS_ONE);
    const url = await rig.line();
    expect(left()).toHaveLength(1);
    rig.signal(signal);
    rig.signal(signal);
    await rig.ended();
    await expectGone(url);
    expect(left()).toEqual([]);
  });

  test('while it is being started', async () => {
    const { rig, left } = hold(HOLDS_ONE);
    await until(() => left().length > 0 || undefined, 'the folder');
    rig.signal('SIGTERM');
    await rig.ended();
    expect(left()).toEqual([]);
  });

  test.skipIf(!hasBrowser())('beside a browser', async () => {
    const { rig, left } = hold(HOLDS_A_BROWSER_TOO);
    const url = await rig.line();
    rig.signal('SIGINT');
    await rig.ended();
    await expectGone(url);
    expect(left()).toEqual([]);
  });
});
