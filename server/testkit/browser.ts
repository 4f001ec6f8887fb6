import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', process.env['CHROMIUM_PATH'] ?? ''].find(
  (path) => existsSync(path),
);

/** Prints what is missing, why it is needed and how to get it. */
export function hasBrowser(): boolean {
  if (CHROMIUM) return true;
  console.warn(
    'skipped: the page is tested in a real browser, and Chromium is missing here; "apt-get install chromium" brings it, or set CHROMIUM_PATH',
  );
  return false;
}

/** A browser that asks nobody but the pages under test for anything; each context has a profile of its own. */
export function openBrowser(more: readonly string[] = []): Promise<Browser> {
  const args =
    '--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync';
  // A signal is for the process that opened it to obey, which may have more to end; with it the browser ends anyhow.
  const signals = { handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false };
  return chromium.launch({ executablePath: CHROMIUM ?? '', headless: true, args: [...args.split(' '), ...more], ...signals });
}

/** Where pictures of a test are kept to be looked at. */
export function pictureFile(name: string): string {
  const folder = join(import.meta.dirname, '../../test-output');
  mkdirSync(folder, { recursive: true });
  return join(folder, name);
}
