import { gzipSync } from 'node:zlib';
import type { Browser, CDPSession, Page } from 'playwright-core';

/** A phone's network as Lighthouse emulates it: 150 ms and 1.6 Mbit/s. */
const SLOW_4G = { offline: false, latency: 150, downloadThroughput: (1.6 * 1024 * 1024) / 8, uploadThroughput: (750 * 1024) / 8 };

/** What the browser itself counts, kept from the first moment of each document. */
export interface Counted {
  readonly lcpMs: number;
  readonly cls: number;
  readonly longTasksMs: readonly number[];
  readonly interactionsMs: readonly number[];
}

declare global {
  interface Window {
    counted?: { lcpMs: number; cls: number; longTasksMs: number[]; interactionsMs: number[] };
  }
}

function count(): void {
  const counted = { lcpMs: 0, cls: 0, longTasksMs: [] as number[], interactionsMs: [] as number[] };
  window.counted = counted;
  const observe = (
    type: string,
    take: (entry: PerformanceEntry & { value?: number; hadRecentInput?: boolean; interactionId?: number }) => void,
  ) =>
    new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({
      type,
      buffered: true,
      durationThreshold: 16,
    } as PerformanceObserverInit);
  observe('largest-contentful-paint', ({ startTime }) => (counted.lcpMs = startTime));
  observe('layout-shift', ({ value = 0, hadRecentInput }) => (counted.cls += hadRecentInput ? 0 : value));
  observe('longtask', ({ duration }) => counted.longTasksMs.push(duration));
  observe('event', ({ duration, interactionId }) => interactionId && counted.interactionsMs.push(duration));
}

export interface Visit {
  readonly page: Page;
  readonly cdp: CDPSession;
  /** Of everything loaded until the page was alive, in kB of gzip by kind. */
  readonly weights: Readonly<Record<'html' | 'js' | 'css', number>>;
  /** Addresses asked for until it was alive, and since. */
  readonly asked: readonly string[];
  readonly askedSince: readonly string[];
  counted(): Promise<Counted>;
  close(): Promise<void>;
}

/** Opens a page with an empty cache and waits until it is alive; on a phone with a slow network where one is described. */
export async function visit(browser: Browser, url: string, slowPhone?: { readonly cpuSlowdown: number }): Promise<Visit> {
  const phone = slowPhone !== undefined;
  const viewport = phone ? { width: 412, height: 823 } : { width: 1280, height: 900 };
  const context = await browser.newContext({ viewport, isMobile: phone, hasTouch: phone, deviceScaleFactor: phone ? 1.75 : 1 });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  await page.addInitScript(count);
  const cdp = await context.newCDPSession(page);
  if (slowPhone) {
    await cdp.send('Network.enable');
    await cdp.send('Network.emulateNetworkConditions', SLOW_4G);
    await cdp.send('Emulation.setCPUThrottlingRate', { rate: slowPhone.cpuSlowdown });
  }
  const asked: string[] = [];
  const askedSince: string[] = [];
  const weights = { html: 0, js: 0, css: 0 };
  const weighed: Promise<void>[] = [];
  let into = asked;
  page.on('request', (request) => void into.push(request.url()));
  page.on('response', (response) => {
    const kind = /html|javascript|css/
      .exec(response.headers()['content-type'] ?? '')?.[0]
      .replace('javascript', 'js') as keyof typeof weights;
    if (into !== asked || kind === undefined) return;
    const weigh = async () => {
      const body = await response.body();
      weights[kind] += gzipSync(body).length / 1_000;
    };
    weighed.push(weigh());
  });
  await page.goto(url);
  await page.getByRole('button', { name: 'Pause' }).waitFor();
  await page.waitForLoadState('networkidle');
  await Promise.all(weighed);
  into = askedSince;
  return {
    page,
    cdp,
    weights,
    asked,
    askedSince,
    counted: async () => {
      const counted = await page.evaluate(() => window.counted);
      if (!counted) throw new Error('nothing was counted: the page was left');
      return counted;
    },
    close: () => context.close(),
  };
}

/** Bytes of the page's own objects that are still in use. */
export async function heapBytes(cdp: CDPSession): Promise<number> {
  await cdp.send('HeapProfiler.collectGarbage');
  return (await cdp.send('Runtime.getHeapUsage')).usedSize;
}
