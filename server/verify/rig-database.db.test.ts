import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { Child } from './child.ts';

const module = new URL('rig-database.ts', import.meta.url).href;
const HOLDS_ONE = `setInterval(() => {}, 60_000); // stays alive
  import('${module}').then(({ rigDatabase }) => rigDatabase(undefined, { fsync: 'off' })).then(({ url }) => console.log(url))`;
/** Disks of loaded machines are slow, and this makes a cluster. */
const PATIENT = 120_000;

test.each(['SIGTERM', 'SIGINT'] as const)(
  'a rig that is ended by %s takes its PostgreSQL and its folder with it',
  async (signal) => {
    const folder = mkdtempSync(join(tmpdir(), 'bot-performance-test-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    chmodSync(folder, 0o755); // as root, PostgreSQL's user must be able to enter it
    const rig = new Child('-e', [HOLDS_ONE], { TMPDIR: folder });
    const url = await rig.line();
    expect(readdirSync(folder)).not.toEqual([]);
    rig.signal(signal);
    await rig.ended();
    await expect(new pg.Client({ connectionString: url }).connect()).rejects.toThrow('ECONNREFUSED');
    expect(readdirSync(folder)).toEqual([]);
  },
  PATIENT,
);
