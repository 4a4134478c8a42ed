import type { Page } from 'playwright-core';

/** A page has fewer places than that, unless the focus is trapped. */
const MAX_STOPS = 300;

export interface Stop {
  /** Name of the element for a screen reader, or its text. */
  readonly name: string;
  /** Whether something shows that it has the focus. */
  readonly isShown: boolean;
}

/**
 * Presses Tab from the beginning of the page until the focus leaves it, and says where it stopped.
 *
 * @throws {Error} when it never leaves
 */
export async function tabThrough(page: Page): Promise<Stop[]> {
  // The focus may be anywhere: behind the end of the page comes its beginning.
  await tabToEnd(page);
  return tabToEnd(page);
}

async function tabToEnd(page: Page): Promise<Stop[]> {
  const stops: Stop[] = [];
  for (;;) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate(() => {
      const element = document.activeElement;
      if (!element || element === document.body) return undefined;
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
      const outline = outlineStyle !== 'none' && Number.parseFloat(outlineWidth) > 0;
      const name = element.getAttribute('aria-label') ?? element.textContent ?? '';
      return {
        name: `${element.tagName.toLowerCase()} ${name.trim().slice(0, 60)}`.trim(),
        isShown: outline || boxShadow !== 'none',
      };
    });
    if (!stop) return stops;
    stops.push(stop);
    if (stops.length > MAX_STOPS) {
      throw new Error(`Tab does not leave the page: ${stops.slice(-5).map(({ name }) => name)}`);
    }
  }
}
