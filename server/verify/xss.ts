import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { hasBrowser, openBrowser } from '../testkit/browser.ts';
import { randomOf, verdictOf } from './rig.ts';
import type { Outcome, RigArguments, Verdict } from './rig.ts';
import { csvFaults } from './xss-csv.ts';
import { PAYLOADS } from './xss-payloads.ts';
import { hostileSite } from './xss-site.ts';
import type { HostileSite } from './xss-site.ts';

const SHORT_PAYLOADS = 3;
const PAGES_AT_ONCE = 4;
/** The longest wait for a page to be complete. */
const SETTLED_MS = 5_000;
const BLANK = 'about:blank';
const ROUTES = join(import.meta.dirname, '../../web/src/routes');

/** The addresses of routes with parameters. A route without any is visited as it stands. */
const ADDRESSES: Readonly<Record<string, (site: HostileSite, payloads: readonly string[]) => readonly string[]>> = {
  '/trades/[id]': ({ tradeIds }) => tradeIds.map((id) => `/trades/${id}`),
  '/badge/[metric].svg': () => ['win-rate', 'pnl', 'trades', 'since'].map((metric) => `/badge/${metric}.svg`),
  '/embed/[widget]': () => ['summary', 'equity'].map((widget) => `/embed/${widget}`),
  '/og/[...page].png': ({ tradeIds }) =>
    ['overview', 'history', 'compare', 'leaderboard', ...tradeIds.map((id) => `trades/${id}`)].map((page) => `/og/${page}.png`),
};
/** Pages that other sites may show inside theirs. */
const FRAMEABLE = '/embed/';

/** Each payload as a filter in the address, and where the display menu goes back to. */
const ASKED = [
  '/bot-performance?strategy=',
  '/bot-performance/history?strategy=',
  '/bot-performance/history?after=',
  '/bot-performance/leaderboard?by=strategy&strategy=',
  '/bot-performance/compare?pick=',
  '/embed/summary?strategy=',
  '/og/overview.png?strategy=',
  '/display?to=',
];

/**
 * Texts of bots are texts, whatever they hold: on every page nothing of them runs, no element is made of them, nobody else is asked for
 * anything and no policy has to step in; in the downloaded table no cell is a formula.
 */
export async function xssRig(rig: RigArguments): Promise<Verdict> {
  if (!hasBrowser()) throw new Error('this rig needs Chromium');
  const startedMs = performance.now();
  const planted = PAYLOADS.filter(isElement)[0]!;
  const others = PAYLOADS.filter((payload) => payload !== planted);
  const payloads = rig.short ? [planted, ...sample(others, SHORT_PAYLOADS - 1, randomOf(rig.seed))] : PAYLOADS;
  rig.say(`writing ${payloads.length} payloads into every text`);
  const site = await hostileSite(payloads);
  const browser = await openBrowser();
  try {
    const { paths, unlisted } = addresses(site, payloads);
    rig.say(`visiting ${paths.length} pages`);
    const outcomes: Outcome[] = [
      { name: 'API', ...(site.faults.length > 0 && { fault: site.faults.join('; ') }) },
      ...unlisted.map((route) => ({ name: route, fault: 'a route with parameters without an address: list it in ADDRESSES' })),
      ...(await visitAll(browser, site.url, paths)),
      ...(await shownTexts(site, payloads)),
    ];
    const csv = await fetch(`${site.url}/bot-performance/export.csv`);
    const isBuilt = csv.status !== 404;
    outcomes.push(outcomeOf('CSV', csv.ok ? csvFaults(await csv.text(), payloads) : [`not built: HTTP ${csv.status}`]));

    // The planted bug: a receipt that writes what it is told as HTML.
    const [written] = await visitAll(browser, site.url, [`/trades/${site.tradeIds[payloads.indexOf(planted)]}`], writesHtml);
    const caught = /a script ran|the policy stepped in|an element was made/.test(written?.fault ?? '');
    const details = {
      pages: paths.length,
      payloads: payloads.length,
      acceptedByApi: site.accepted,
      csv: isBuilt ? 'checked' : 'not built',
    };
    return verdictOf('xss', rig, outcomes, { bug: 'a receipt that writes its texts as HTML', caught }, startedMs, details);
  } finally {
    await browser.close();
    await site.end();
  }
}

/** Every page there is. */
function addresses(site: HostileSite, payloads: readonly string[]): { paths: string[]; unlisted: string[] } {
  const routes = readdirSync(ROUTES, { recursive: true, encoding: 'utf8' })
    .filter((file) => /(^|\/)\+(page\.svelte|server\.ts)$/.test(file))
    .map((file) => `/${file.split('/').slice(0, -1).join('/')}`);
  const isKnown = (route: string): boolean => !route.includes('[') || Object.hasOwn(ADDRESSES, route);
  const paths = [...new Set(routes)].filter(isKnown).flatMap((route) => ADDRESSES[route]?.(site, payloads) ?? [route]);
  const asked = payloads.flatMap((payload) => ASKED.map((start) => start + encodeURIComponent(payload)));
  return { paths: [...paths, ...asked], unlisted: routes.filter((route) => !isKnown(route)) };
}

type Change = (context: BrowserContext) => Promise<void>;

async function visitAll(browser: Browser, url: string, paths: readonly string[], change?: Change): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const waiting = [...paths];
  const context = await browser.newContext();
  await change?.(context);
  const visitor = async (): Promise<void> => {
    const visit = await visitsIn(context, url);
    for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) outcomes.push(await visit(path));
  };
  await Promise.all(Array.from({ length: Math.min(PAGES_AT_ONCE, paths.length) }, visitor)).finally(() => context.close());
  return outcomes;
}

/** Visits one after the other in one tab: to open another for each costs more than its page. */
async function visitsIn(context: BrowserContext, url: string): Promise<(path: string) => Promise<Outcome>> {
  const page = await context.newPage();
  let faults: string[] = [];
  await page.exposeFunction('xss', () => void faults.push('a script ran'));
  await page.exposeFunction('tellOfPolicy', (what: string) => void faults.push(`the policy stepped in: ${what}`));
  await page.addInitScript(() => {
    const tell = (window as unknown as { tellOfPolicy(what: string): void }).tellOfPolicy;
    document.addEventListener('securitypolicyviolation', (event) => tell(`${event.violatedDirective} ${event.blockedURI}`));
  });
  page.on('dialog', (dialog) => {
    faults.push('a dialog');
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    const asked = request.url();
    if (![url, 'data:', 'blob:', BLANK].some((own) => asked.startsWith(own))) faults.push(`asks ${asked}`);
  });
  return async (path) => {
    faults = [];
    const answer = await page.goto(url + path, { waitUntil: 'load' }).catch((error: Error) => {
      // A file is downloaded, and no page.
      if (!error.message.includes('Download is starting')) faults.push(error.message);
      return null;
    });
    if (answer && answer.status() >= 500) faults.push(`HTTP ${answer.status()}`);
    if (answer) {
      faults.push(...headerFaults(answer.headers(), path));
      await settled(page);
      faults.push(...(await page.evaluate(madeOfText)));
    }
    await page.goto(BLANK); // what happens later would be laid to the next
    return outcomeOf(path, faults);
  };
}

/** Until all is there: a live page once it follows the stream, which never lets it be idle; any other once it asks for nothing more. */
async function settled(page: Page): Promise<void> {
  const isLive = page.getByRole('button', { name: 'Pause' }).waitFor({ timeout: SETTLED_MS });
  await Promise.any([isLive, page.waitForLoadState('networkidle', { timeout: SETTLED_MS })]).catch(() => {});
}

/** What a page that anybody may see must be sent with. */
function headerFaults(headers: Readonly<Record<string, string>>, path: string): string[] {
  const policy = headers['content-security-policy'] ?? '';
  const scripts = /script-src ([^;]*)/.exec(policy)?.[1] ?? "'unsafe-inline'";
  const isPage = headers['content-type']?.startsWith('text/html');
  return [
    ...(headers['x-content-type-options'] === 'nosniff' ? [] : ['no nosniff']),
    ...(headers['referrer-policy'] ? [] : ['no referrer policy']),
    ...(isPage && /'unsafe-(inline|eval)'/.test(scripts) ? ['scripts may be inline'] : []),
    ...(isPage && !path.startsWith(FRAMEABLE) && !/frame-ancestors 'self'/.test(policy) ? ['any page may frame it'] : []),
  ];
}

/** Runs in the page: elements, attributes and addresses that only a payload can have made. */
function madeOfText(): string[] {
  const odd =
    'iframe, object, embed, base, marquee, math, template, meta[http-equiv=refresh], script:not([nonce], [src], [type="application/json"])';
  const isOdd = (element: Element): boolean =>
    element.matches(odd) ||
    (element.localName === 'script' && element.getAttribute('type') === 'application/json' && element.textContent.includes('<')) || // data must be escaped
    [...element.attributes].some(({ name, value }) => {
      if (name.startsWith('on')) return true;
      if (!['href', 'src', 'action', 'data'].includes(name)) return false;
      const { protocol, host } = new URL(value, location.href);
      return host !== location.host && protocol !== 'data:';
    });
  return [...document.querySelectorAll('*')]
    .filter(isOdd)
    .map((element) => `an element was made of text: ${element.outerHTML.slice(0, 120)}`);
}

/** The payloads must really be on the pages, as they were written: else nothing was tried. */
async function shownTexts({ url, tradeIds }: HostileSite, payloads: readonly string[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const [index, payload] of payloads.entries()) {
    const html = await (await fetch(`${url}/trades/${tradeIds[index]}`)).text();
    const escaped = payload.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
    const times = html.replaceAll('\r\n', '\n').split(escaped).length - 1;
    // Bot, strategy and note; the data that come with the page are escaped in another way.
    outcomes.push(outcomeOf(`${JSON.stringify(payload)} on its receipt`, times >= 3 ? [] : [`is there ${times} times and not 3`]));
  }
  return outcomes;
}

const writesHtml: Change = async (context) => {
  await context.route('**/trades/*', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, body: (await answer.text()).replaceAll('&lt;', '<') });
  });
};

function isElement(payload: string): boolean {
  return payload.startsWith('<svg') || payload.startsWith('<img');
}

function outcomeOf(name: string, faults: readonly string[]): Outcome {
  return faults.length === 0 ? { name } : { name, fault: [...new Set(faults)].join('; ') };
}

function sample<T>(all: readonly T[], count: number, random: () => number): T[] {
  const step = all.length / count;
  const offset = random() * step;
  return Array.from({ length: count }, (_, index) => all[Math.floor(index * step + offset)] as T);
}
