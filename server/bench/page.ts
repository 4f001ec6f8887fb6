import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import lighthouse from 'lighthouse';
import type { Result } from 'lighthouse';
import type { Browser } from 'playwright-core';
import { openBrowser } from '../testkit/browser.ts';
import { quantile } from '../verify/crowds.ts';
import { pageSite } from './page-site.ts';
import type { PageSite } from './page-site.ts';
import { heapBytes, visit } from './page-visit.ts';
import type { Visit } from './page-visit.ts';
import { spread } from './report.ts';
import type { Row } from './report.ts';

export interface PageEffort {
  readonly rounds: number;
  /** How many times slower than this machine the phone of the first load and the reader's machine are. */
  readonly cpuSlowdown: number;
  /** Stands for the number of closed trades of the full form. */
  readonly trades: (full: number) => number;
  readonly seconds: (full: number) => number;
}

const PATH = '/bot-performance';
const CLOSED_TRADES = 1_000;
const ROWS = 20;
const MANY_ROWS = 50;
const EVERY_MS = 250;
const LIVE_SECONDS = 60;
/** They take little time, and differ more than a first load does. */
const VISITS_A_ROUND = 2;
const HEAP_SECONDS = 600;
/** The heap is looked at so often, and from here on: what is loaded late has been loaded by then. */
const HEAP_LOOKS = 10;
/** The browser tells of an interaction once its frame has been painted. */
const TOLD_WITHIN_MS = 100;
const MB = 1_048_576;

type Limit = { readonly most: number } | { readonly least: number };

/** One figure against its budget. */
function row(label: string, unit: string, values: readonly number[], limit: Limit, note = ''): Row {
  const value = spread(values);
  const isKept = 'most' in limit ? value.median <= limit.most : value.median >= limit.least;
  const budget = 'most' in limit ? `≤ ${limit.most}` : `≥ ${limit.least}`;
  return {
    case: label,
    contender: isKept ? 'kept' : 'MISSED',
    unit,
    value,
    ratio: undefined,
    note: [budget, note].filter(Boolean).join('; '),
  };
}

/** What a visitor of the overview has to wait for, and what the page does to the machine it is open on. */
export async function pageBench(effort: PageEffort): Promise<Row[]> {
  const port = await freePort();
  const browser = await openBrowser([`--remote-debugging-port=${port}`]);
  try {
    const site = await pageSite(effort.trades(CLOSED_TRADES));
    try {
      await site.open(ROWS);
      const stop = site.move(EVERY_MS);
      const rows = [
        ...(await firstLoad(browser, site, effort)),
        ...(await scores(site, port, effort)),
        ...(await whileLive(browser, site, effort)),
      ];
      await site.open(MANY_ROWS);
      rows.push(...(await interactions(browser, site, effort)));
      stop();
      return rows;
    } finally {
      await site.stop();
    }
  } finally {
    await browser.close();
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function firstLoad(browser: Browser, { url }: PageSite, { rounds, cpuSlowdown }: PageEffort): Promise<Row[]> {
  const phone: { lcpMs: number; cls: number }[] = [];
  const desktop: { lcpMs: number; cls: number }[] = [];
  const first = await visit(browser, url + PATH);
  const foreign = [...first.asked, ...first.askedSince].filter((asked) => !asked.startsWith(url) && !asked.startsWith('data:'));
  await first.close();
  for (let round = 0; round < rounds; round += 1) {
    for (const [list, slow] of [
      [phone, true],
      [desktop, false],
    ] as const) {
      const each = await visit(browser, url + PATH, slow ? { cpuSlowdown } : undefined);
      list.push(await each.counted());
      await each.close();
    }
  }
  return [
    row('HTML', 'kB gzip', [first.weights.html], { most: 25 }),
    row('JavaScript, all that is loaded', 'kB gzip', [first.weights.js], { most: 130 }, 'first load alone: ≤ 70, weighed by the build'),
    row('CSS', 'kB gzip', [first.weights.css], { most: 12 }),
    row('requests to others', 'requests', [foreign.length], { most: 0 }),
    row(
      'LCP, phone on slow 4G',
      'ms',
      phone.map(({ lcpMs }) => lcpMs),
      { most: 2_000 },
      `${cpuSlowdown}× CPU slowdown`,
    ),
    row(
      'LCP, desktop',
      'ms',
      desktop.map(({ lcpMs }) => lcpMs),
      { most: 800 },
    ),
    row(
      'CLS, phone',
      '',
      phone.map(({ cls }) => cls),
      { most: 0.02 },
    ),
    row(
      'CLS, desktop',
      '',
      desktop.map(({ cls }) => cls),
      { most: 0.02 },
    ),
  ];
}

/** What is a matter of time is the median of several runs, as Lighthouse itself advises: github.com/GoogleChrome/lighthouse/blob/main/docs/variability.md */
async function scores({ url }: PageSite, port: number, { rounds }: PageEffort): Promise<Row[]> {
  const reports: Result[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const result = await lighthouse(url + PATH, { port, logLevel: 'error', output: 'json' });
    if (!result) throw new Error('Lighthouse gave no result');
    reports.push(result.lhr);
  }
  const failed = (id: string): string => {
    const audits = reports.flatMap(({ categories, audits: scored }) =>
      (categories[id]?.auditRefs ?? []).filter(({ id: audit, weight }) => weight > 0 && (scored[audit]?.score ?? 1) < 1),
    );
    return [...new Set(audits.map(({ id: audit }) => audit))].join(', ');
  };
  const all = (id: string): number[] => reports.map(({ categories }) => categories[id]?.score ?? 0);
  return [
    row('Lighthouse performance', '', all('performance'), { least: 0.95 }, failed('performance')),
    ...['accessibility', 'best-practices', 'seo'].map(
      (id) => row(`Lighthouse ${id}`, '', [Math.min(...all(id))], { least: 1 }, failed(id)), // nothing that time could change
    ),
  ];
}

/** The page open and ticking: what it asks for, how long it holds up its thread, what it keeps. */
async function whileLive(browser: Browser, { url }: PageSite, { seconds }: PageEffort): Promise<Row[]> {
  const open = await visit(browser, `${url}${PATH}/open`);
  const before = (await open.counted()).longTasksMs.length;
  await sleep(seconds(LIVE_SECONDS) * 1_000);
  const longest = Math.max(0, ...(await open.counted()).longTasksMs.slice(before));
  const asked = open.askedSince.length;
  const heap: number[] = [];
  for (let look = 0; look <= HEAP_LOOKS; look += 1) {
    if (look > 0) await sleep((seconds(HEAP_SECONDS) * 1_000) / HEAP_LOOKS);
    heap.push((await heapBytes(open.cdp)) / MB);
  }
  await open.close();
  const [first = 0] = heap;
  return [
    row('requests since it is alive', 'requests', [asked], { most: 0 }, `${seconds(LIVE_SECONDS)} s, but the socket`),
    row('longest task', 'ms', [longest], { most: 50 }, `${ROWS} rows at 4 Hz, ${seconds(LIVE_SECONDS)} s`),
    row('growth of the heap', 'MB', [(heap.at(-1) ?? 0) - first], { most: 1 }, `${seconds(HEAP_SECONDS)} s, from ${first.toFixed(1)} MB`),
  ];
}

/**
 * What readers do, each in a visit of its own, on a slow machine with many rows that move. A visit is as slow as its worst interaction,
 * and of the visits the 75th percentile is judged: https://web.dev/articles/inp
 */
async function interactions(browser: Browser, { url }: PageSite, { rounds, cpuSlowdown }: PageEffort): Promise<Row[]> {
  const worst: { what: string; ms: number }[] = [];
  for (let round = 0; round < rounds * VISITS_A_ROUND; round += 1) {
    const open = await visit(browser, `${url}${PATH}/open`);
    const acted = await actOn(open, cpuSlowdown);
    await open.close();
    worst.push(acted.reduce((one, other) => (other.ms > one.ms ? other : one)));
  }
  worst.sort((one, other) => one.ms - other.ms);
  const all = worst.map(({ what, ms }) => `${ms} (${what})`).join(', ');
  const p75 = quantile(
    worst.map(({ ms }) => ms),
    0.75,
  );
  return [row('worst interaction of a visit, p75', 'ms', [p75], { most: 200 }, `${MANY_ROWS} rows, ${cpuSlowdown}× CPU slowdown: ${all}`)];
}

/** What a reader does with the open positions, one after the other, and how long each took until it was painted. */
async function actOn(open: Visit, cpuSlowdown: number): Promise<{ what: string; ms: number }[]> {
  const { page, cdp } = open;
  await page
    .locator('tbody tr')
    .nth(MANY_ROWS - 1)
    .waitFor();
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: cpuSlowdown });
  const acted: { what: string; ms: number }[] = [];
  const quiet = () =>
    page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestIdleCallback(resolve, { timeout: 5_000 }))));
  /** One thing that a reader does; the next comes once this one has been painted and the page, a new one too, has nothing more to do. */
  const act = async (what: string, run: () => Promise<unknown>): Promise<void> => {
    await quiet();
    const before = (await open.counted()).interactionsMs.length;
    await run();
    await quiet();
    await sleep(TOLD_WITHIN_MS);
    const own = (await open.counted()).interactionsMs.slice(before);
    acted.push({ what, ms: Math.max(0, ...own) });
  };
  const press = (key: string): Promise<void> => act(`key ${key}`, () => page.keyboard.press(key));
  const tab = async (name: RegExp, url: RegExp): Promise<void> => {
    const link = page.getByRole('navigation', { name: 'Bot performance' }).getByRole('link', { name });
    await act(`tab ${name.source}`, () => link.click());
    await page.waitForURL(url);
  };
  for (const key of ['p', 'p', 't', 't', '?', 'Escape', 'Tab', 'Tab']) await press(key);
  await act('explanation', () => page.getByRole('button', { name: 'Total P/L: How is this worked out?' }).click());
  await press('Escape');
  await act('display', () => page.getByRole('button', { name: 'Display' }).click());
  await press('Escape');
  await tab(/^Overview/, /bot-performance$/);
  await tab(/^Open positions/, /open$/);
  return acted;
}
