import { existsSync } from 'node:fs';
import { jest } from '@jest/globals';
import { type Browser, chromium } from 'playwright-core';

// A walk through a page has many steps, and prompts play in real time.
jest.setTimeout(120_000);

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** Starts the Chromium of this machine. Like a user's, it plays no sound before a click or a key. */
export async function launchBrowser(args: readonly string[] = []): Promise<Browser> {
  if (!existsSync(CHROMIUM)) {
    throw new Error(
      `There is no ${CHROMIUM}. Install Chromium (Debian: apt-get install chromium), or name one: CHROMIUM=/path/to/chromium`,
    );
  }
  return chromium.launch({
    executablePath: CHROMIUM,
    // A container's /dev/shm is too small for a large page.
    args: ['--disable-dev-shm-usage', ...args],
  });
}
