import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
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

/** A demo of its own and a browser for a test file, from its first test to its last. */
export class DemoVisits {
  /** Where its record is kept. */
  databaseUrl = '';
  demo!: RunningDemo;
  browser!: Browser;

  constructor() {
    beforeAll(async () => {
      this.databaseUrl = await demoDatabase();
      [this.demo, this.browser] = await Promise.all([startDemo(this.databaseUrl), openBrowser()]);
    }, START_TIMEOUT_MS);
    // A page that is left open goes on living, and slows the next one down.
    afterEach(() => Promise.all(this.browser.contexts().map((context) => context.close())));
    afterAll(async () => {
      killAll();
      await this.browser.close();
    });
  }

  /** Opens a path of the demo, or any address, in a context of its own. */
  async visit(path: string, options: BrowserContextOptions = {}): Promise<Visit> {
    const { url } = this.demo;
    const page = await (await this.browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })).newPage();
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

  /** The same, once the page follows what happens. */
  async alive(path: string, options: BrowserContextOptions = {}): Promise<Visit> {
    const visit = await this.visit(path, options);
    await visit.page.getByRole('button', { name: 'Pause' }).waitFor();
    return visit;
  }

  async ask<T>(query: string): Promise<T> {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${this.demo.url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) });
    return ((await response.json()) as { data: T }).data;
  }
}
