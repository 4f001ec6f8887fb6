import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { pictureFile } from './browser.ts';

/** The rows of a table have the same colours, and to look at those of fifty takes axe three times as long as all the rest. */
const MORE_OF_THE_SAME = 'tbody tr:nth-child(n + 13)';

declare global {
  interface Window {
    axe?: typeof axe;
  }
}

/** What axe finds in the document, in words. */
export async function axeFaults(page: Page): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source);
  return page.evaluate(async (exclude) => {
    const { axe } = window;
    if (!axe) return ['axe is not there'];
    const [colours, options] = ['color-contrast', { resultTypes: ['violations' as const], iframes: false }];
    const results = document.querySelector(exclude)
      ? [
          await axe.run(document, { ...options, rules: { [colours]: { enabled: false } } }),
          await axe.run({ exclude }, { ...options, runOnly: [colours] }),
        ]
      : [await axe.run(document, options)];
    return results.flatMap(({ violations }) => violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`));
  }, MORE_OF_THE_SAME);
}

interface View {
  readonly width: number;
  readonly colorScheme: 'light' | 'dark';
  readonly isForAxe: boolean;
}
const DESK_DARK: View = { width: 1280, colorScheme: 'dark', isForAxe: false };
const PHONE_LIGHT: View = { width: 390, colorScheme: 'light', isForAxe: false };
/** Colours do not depend on the width: with these two axe sees each theme and each width once. */
export const TWO_VIEWS: readonly View[] = [
  { width: 1280, colorScheme: 'light', isForAxe: true },
  { width: 390, colorScheme: 'dark', isForAxe: true },
];
const VIEWS: readonly View[] = [...TWO_VIEWS, DESK_DARK, PHONE_LIGHT];

/** In both widths and themes: everything fits, axe finds nothing, and a picture is kept to be looked at. */
export async function expectWellMade(page: Page, name: string, views: readonly View[] = VIEWS): Promise<void> {
  for (const { width, colorScheme, isForAxe } of views) {
    await page.setViewportSize({ width, height: width === 390 ? 844 : 900 });
    await page.emulateMedia({ colorScheme });
    const view = `${name}-${width}-${colorScheme}`;
    if (isForAxe) expect(await axeFaults(page), view).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth), view).toBeLessThanOrEqual(0);
    await page.screenshot({ path: pictureFile(`${view}.png`), fullPage: true });
  }
}
