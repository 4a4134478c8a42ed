import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { PROJECT_DIRECTORY } from '../../../cli/project';
import { NARROW, WIDE } from './page';

declare global {
  interface Window {
    axe: typeof axe;
  }
}

/** Git ignores it; CI keeps it. */
const SCREENSHOTS = join(PROJECT_DIRECTORY, 'reports', 'screenshots');

/** What axe-core has against a page, one violation a line. https://github.com/dequelabs/axe-core */
export async function accessibilityViolations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => window.axe.run());
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} (${help}) ${target}: ${failureSummary}`),
  );
}

/** By how many pixels the page is wider than its window. */
export const overflow = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** Sum of the layout shifts that followed no click and no key, and what moved. */
export const layoutShift = (page: Page): Promise<{ sum: number; shifts: string[] }> =>
  page.evaluate(() => ({ sum: window.observed.layoutShift, shifts: window.observed.shifts }));

/**
 * Looks at a page as it is now: wide and narrow, light and dark. Returns what is wrong with it in words,
 * and leaves four screenshots.
 *
 * @param options.fullPage false for the window alone, where the page grows as one scrolls
 */
export async function lookAt(
  page: Page,
  name: string,
  { fullPage = true } = {},
): Promise<string[]> {
  mkdirSync(SCREENSHOTS, { recursive: true });
  const faults: string[] = [];
  for (const [size, viewport] of Object.entries({ wide: WIDE, narrow: NARROW })) {
    await page.setViewportSize(viewport);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      const path = join(SCREENSHOTS, `${name}-${size}-${colorScheme}.png`);
      await page.screenshot({ path, fullPage });
    }
    // The colours that the loop ended with: of the two sizes, each has the other's.
    const violations = await accessibilityViolations(page);
    faults.push(...violations.map((text) => `${size}: ${text}`));
    const pixels = await overflow(page);
    if (pixels > 0) faults.push(`${size}: the page is ${pixels} pixels wider than its window`);
  }
  await page.setViewportSize(WIDE);
  await page.emulateMedia({ colorScheme: 'light' });
  return faults;
}
