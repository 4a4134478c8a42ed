import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { PROJECT_DIRECTORY } from '../../cli/project';
import { launchBrowser } from '../helpers/browser/browser';
import { openConsole } from '../helpers/browser/console';
import { type NpmStart, npmStart } from '../helpers/browser/npm-start';
import { openTab } from '../helpers/browser/page';

/** `npm run screenshots` names docs/images, which the README shows. */
const FOLDER = join(PROJECT_DIRECTORY, process.env.IMAGES ?? 'reports/screenshots');
const MAX_BYTES = 100_000;

/** Smaller than life: a README shows them in a column. */
const deviceScaleFactor = 0.55;

let prompts: string;
let started: NpmStart;
let browser: Browser;

beforeAll(async () => {
  mkdirSync(FOLDER, { recursive: true });
  prompts = mkdtempSync(join(tmpdir(), 'images-'));
  writeFileSync(join(prompts, 'holiday hours.mp3'), 'no sound');
  writeFileSync(join(prompts, 'notes.txt'), 'no sound');
  [started, browser] = await Promise.all([npmStart('--prompts', prompts), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await started?.stop();
  rmSync(prompts, { recursive: true });
});

const save = async (page: Page, name: string) =>
  (await page.screenshot({ path: join(FOLDER, name), animations: 'disabled' })).length;

describe("the README's images", () => {
  it('show a call on the phone page that is silent', async () => {
    const viewport = { width: 1180, height: 1010 };
    const { origin } = started;
    const { page, close } = await openTab(browser, { origin, viewport, deviceScaleFactor });
    await page.goto(started.origin);
    await page.getByLabel(/Skip/).check();
    await page.getByRole('button', { name: 'Show the bug' }).click();
    await page.getByRole('log').getByText('Silence').first().waitFor();
    await page.keyboard.press('1');
    await page.getByRole('row').filter({ hasText: '403' }).first().waitFor();
    await page.getByRole('heading', { name: 'Phone', exact: true }).evaluate((heading) => {
      scrollTo(0, heading.getBoundingClientRect().top + scrollY - 32);
    });
    expect(await save(page, 'phone.png')).toBeLessThan(MAX_BYTES);
    await close();
  });

  it('show the prompts in the console', async () => {
    const viewport = { width: 1180, height: 720 };
    const { page, close } = await openConsole(browser, started, { viewport, deviceScaleFactor });
    await page.getByRole('row').nth(8).waitFor();
    await page.getByRole('row').filter({ hasText: '0:0' }).first().waitFor();
    expect(await save(page, 'console.png')).toBeLessThan(MAX_BYTES);
    await close();
  });
});
