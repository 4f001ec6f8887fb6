import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { pictureFile } from './browser.ts';

/** What axe finds, in words. Legacy mode costs a third: it looks at one document, and none of our pages frames another site. */
export async function axeFaults(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page })
    .setLegacyMode()
    .options({ resultTypes: ['violations'] })
    .analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
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
/** For a page with parts that are there at one width only. */
export const AXE_IN_ALL_VIEWS: readonly View[] = VIEWS.map((view) => ({ ...view, isForAxe: true }));

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
