import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { openBrowser } from '../../testkit/browser.ts';
import { demoDatabase } from '../../testkit/database.ts';
import { killAll, startDemo, START_TIMEOUT_MS } from './test-processes.ts';
import type { RunningDemo } from './test-processes.ts';

/** One visit, and what the browser complained of during it; to ask anybody but the demo is a fault as well. */
export interface Visit {
  readonly page: Page;
  readonly faults: readonly string[];
}

const DESK = { viewport: { width: 1280, height: 900 } };
const BLANK = 'about:blank';

/** A demo of its own and a browser for a test file, from its first test to its last. */
export class DemoVisits {
  /** Where its record is kept. */
  databaseUrl = '';
  demo!: RunningDemo;
  browser!: Browser;
  /** Of visitors without wishes: what one has loaded the next has at once, but nothing that is stored. */
  #plain!: BrowserContext;
  /** Their first tab, which is kept: a new one costs three times as much as its page. */
  #tab!: Page;

  constructor() {
    beforeAll(async () => {
      this.databaseUrl = await demoDatabase();
      [this.demo, this.browser] = await Promise.all([startDemo(this.databaseUrl), openBrowser()]);
      this.#plain = await this.browser.newContext(DESK);
      this.#tab = await this.#plain.newPage();
    }, START_TIMEOUT_MS);
    // A page that is left open goes on living, and slows the next one down.
    afterEach(async () => {
      const special = this.browser.contexts().filter((context) => context !== this.#plain);
      const others = this.#plain.pages().filter((page) => page !== this.#tab);
      await Promise.all([...special, ...others].map((each) => each.close()));
      await this.#tidyTab();
      await this.#plain.clearCookies();
    });
    afterAll(async () => {
      killAll();
      await this.browser.close();
    });
  }

  /** Opens a path of the demo, or any address; with wishes in a context of its own. */
  async visit(path: string, wishes?: BrowserContextOptions): Promise<Visit> {
    const { url } = this.demo;
    const page = await this.#pageFor(wishes);
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => void (message.type() === 'error' && faults.push(message.text())));
    const address = new URL(path, url);
    page.on('request', (request) => {
      const isOwn = ['data:', url, address.origin].some((own) => request.url().startsWith(own));
      if (!isOwn) faults.push(`asks ${request.url()}`);
    });
    await page.goto(address.href);
    return { page, faults };
  }

  async #pageFor(wishes: BrowserContextOptions | undefined): Promise<Page> {
    if (wishes) return (await this.browser.newContext({ ...DESK, ...wishes })).newPage();
    return this.#tab.url() === BLANK ? this.#tab : this.#plain.newPage();
  }

  async #tidyTab(): Promise<void> {
    const tab = this.#tab;
    for (const event of ['pageerror', 'console', 'request']) tab.removeAllListeners(event);
    if (tab.url() !== BLANK) await tab.evaluate(() => sessionStorage.clear()).catch(() => {}); // an error page of the browser has none
    await tab.goto(BLANK);
    await tab.setViewportSize(DESK.viewport);
    await tab.emulateMedia({ media: null, colorScheme: null });
  }

  /** The same, once the page follows what happens. */
  async alive(path: string, wishes?: BrowserContextOptions): Promise<Visit> {
    const visit = await this.visit(path, wishes);
    await visit.page.getByRole('button', { name: 'Pause' }).waitFor();
    return visit;
  }

  async ask<T>(query: string): Promise<T> {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${this.demo.url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) });
    return ((await response.json()) as { data: T }).data;
  }
}
