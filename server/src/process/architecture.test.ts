import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findViolations } from '../../tools/architecture.ts';

const projectRoot = join(import.meta.dirname, '../../..');

test('files are named by their role and import only what it may', { timeout: 120_000 }, () => {
  expect(findViolations(projectRoot)).toEqual([]);
});

/** One planted import for each rule: the file, what it imports, the rule that must speak. */
const PLANTED = [
  ['kernel/a.ts', '../ticks/tick.ts', 'arrows-of-kernel'],
  ['ticks/a.ts', '../trades/trade.ts', 'arrows-of-ticks'],
  ['trades/a.ts', '../signals/signal.ts', 'arrows-of-trades'],
  ['record/a.ts', '../closures/closure.ts', 'arrows-of-record'],
  ['signals/a.ts', '../performance/metric.ts', 'arrows-of-signals'],
  ['closures/a.ts', '../subscribers/mailbox.ts', 'arrows-of-closures'],
  ['candles/a.ts', '../closures/closure.ts', 'arrows-of-candles'],
  ['performance/a.ts', '../signals/signal.ts', 'arrows-of-performance'],
  ['subscribers/a.ts', '../trades/trade.ts', 'arrows-of-subscribers'],
  ['graphql/a.ts', '../trades/trade.ts', 'arrows-of-graphql'],
  ['trades/reads-a-file.ts', 'node:fs', 'pure-is-pure'],
  ['trades/opens-a-socket.ts', 'node:net', 'pure-is-pure'],
  ['trades/knows-the-database.ts', '../generated/prisma/client.ts', 'pure-is-pure'],
  ['trades/asks-the-database.ts', 'pg', 'pure-is-pure'],
  ['trades/knows-its-store.ts', './trades.store.ts', 'pure-knows-no-role'],
  ['trades/a.store.ts', '../ticks/binance.feed.ts', 'store-is-database'],
  ['signals/a.store.ts', 'ws', 'store-is-database'],
  ['signals/b.store.ts', '../trades/trades.store.ts', 'store-knows-no-other-store'],
  ['ticks/a.feed.ts', '../generated/prisma/client.ts', 'feed-is-network'],
  ['ticks/c.feed.ts', 'pg', 'feed-is-network'],
  ['signals/a.schema.ts', '../trades/trades.store.ts', 'schema-is-thin'],
  ['graphql/a.plugin.ts', '../trades/trade.ts', 'plugin-knows-no-domain'],
  ['signals/b.ts', '../process/config.ts', 'process-is-the-top'],
  ['ticks/b.ts', '../../simulator/exchange.ts', 'product-knows-no-helpers'],
  ['kernel/c.ts', './d.ts', 'no-cycle'],
  ['kernel/e.ts', 'left-pad', 'no-orphan-packages'],
] as const;
const INNOCENT = ['kernel/d.ts', 'ticks/tick.ts', 'trades/trade.ts', 'trades/trades.store.ts', 'signals/signal.ts', 'closures/closure.ts'];
const OTHERS = [
  'performance/metric.ts',
  'subscribers/mailbox.ts',
  'generated/prisma/client.ts',
  'ticks/binance.feed.ts',
  'process/config.ts',
];
const MISNAMED = [
  'trades/Trade.ts',
  'trades/trade.service.ts',
  'trades/index.ts',
  'helpers/text.ts',
  'trades/deep/trade.ts',
  'trades/a.js',
];

describe('a planted violation', () => {
  let root: string;
  let found: string[];

  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'architecture-'));
    const write = (file: string, text: string) => {
      const path = join(root, 'server/src', file);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    };
    for (const file of ['server/package.json', 'server/tsconfig.json']) {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      cpSync(join(projectRoot, file), join(root, file));
    }
    symlinkSync(join(projectRoot, 'node_modules'), join(root, 'node_modules'));
    symlinkSync(join(projectRoot, 'server/node_modules'), join(root, 'server/node_modules'));
    for (const file of [...INNOCENT, ...OTHERS, ...MISNAMED]) write(file, 'export const nothing = 0;\n');
    write('../simulator/exchange.ts', 'export const nothing = 0;\n');
    write('kernel/d.ts', "import { used } from './c.ts';\nexport const nothing = used;\n");
    for (const [file, target] of PLANTED) write(file, `import * as used from '${target}';\nexport { used };\n`);
    found = findViolations(root);
  });
  afterAll(() => rmSync(root, { recursive: true }));

  test.each(PLANTED)('%s importing %s breaks %s', (file, _, rule) => {
    expect(found).toContainEqual(expect.stringMatching(new RegExp(`^${rule}: server/src/${file} `)));
  });

  test.each(MISNAMED)('the name %s is refused', (file) => {
    expect(found).toContain(`file-name: server/src/${file}`);
  });

  test('nothing is said of innocent files', () => {
    const guilty = new Set(
      found.filter((each) => !each.startsWith('no-cycle')).map((each) => each.split(' ')[1]?.replace('server/src/', '')),
    );
    expect([...INNOCENT, ...OTHERS].filter((file) => guilty.has(file))).toEqual([]);
  });
});
