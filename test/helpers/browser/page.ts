import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { observe } from './observe';

export interface WatchedPage {
  readonly page: Page;
  /** What the browser complained about so far, in words. Empty for a page without a fault. */
  readonly complaints: readonly string[];
  close(): Promise<void>;
}

export interface PageOptions extends BrowserContextOptions {
  /** All that the page may ask for comes from here. */
  readonly origin: string;
}

/** How long a page may take to show what a test waits for. */
const PATIENCE_MS = 20_000;

/** The widest of the two widths at which pages are looked at, and the narrowest that they must fit. */
export const WIDE = { width: 1280, height: 900 };
export const NARROW = { width: 360, height: 740 };

/**
 * Opens a tab that nothing remembers, and notes what must never happen in one: an error in the console
 * (a broken Content-Security-Policy is one), an exception, a request to another origin.
 */
export async function openTab(
  browser: Browser,
  { origin, ...options }: PageOptions,
): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: WIDE, ...options });
  context.setDefaultTimeout(PATIENCE_MS);
  await context.addInitScript(observe);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    const isError = message.type() === 'error' || message.type() === 'warning';
    // The browser's note on a status of 400 or more. What a page makes of one is the tests' matter.
    const isStatus = message.text().startsWith('Failed to load resource: the server responded');
    if (isError && !isStatus) complaints.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`exception: ${error.message}`));
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (/^(?:https?|wss?):$/.test(url.protocol) && url.origin !== origin) {
      complaints.push(`request to another origin: ${url.origin}${url.pathname}`);
    }
  });
  return { page, complaints, close: () => context.close() };
}
