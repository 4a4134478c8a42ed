import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { promptFolder } from '../../sandbox/prompts';
import { launchBrowser } from '../helpers/browser/browser';
import { layoutShift, lookAt, overflow } from '../helpers/browser/checks';
import { goTo, openConsole } from '../helpers/browser/console';
import { type NpmStart, npmStart } from '../helpers/browser/npm-start';

const PROMPTS = 1000;
const SAMPLES = 8;

let folder: string;
let started: NpmStart;
let browser: Browser;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'many-prompts-'));
  const sound = readFileSync(join(promptFolder, 'unknown.mp3'));
  for (let index = 1; index <= PROMPTS; index += 1) {
    // Each has bytes of its own behind the sound, so that each is an upload.
    writeFileSync(
      join(folder, `branch ${index}.mp3`),
      Buffer.concat([sound, Buffer.from(`${index}`)]),
    );
  }
  [started, browser] = await Promise.all([npmStart('--prompts', folder), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await started?.stop();
  rmSync(folder, { recursive: true });
});

describe('the console of a thousand prompts', () => {
  it('counts all of them, and finds one by a few letters', async () => {
    const { page, complaints, close } = await openConsole(browser, started);
    await page.getByText(`${(PROMPTS + SAMPLES).toLocaleString('en')} prompts`).waitFor();
    expect(await lookAt(page, 'console-many', { fullPage: false })).toEqual([]);
    await page.getByRole('searchbox', { name: 'Filter' }).fill('Branch 777');
    await page.getByText('1 prompt', { exact: true }).waitFor();
    expect(await page.getByRole('row').filter({ hasText: 'branch 777.mp3' }).count()).toBe(1);
    await page.getByRole('searchbox', { name: 'Filter' }).fill('');
    for (const section of ['Sync', 'Call flow', 'What is live']) await goTo(page, section);
    expect((await layoutShift(page)).sum).toBeLessThan(0.02);
    expect(complaints).toEqual([]);
    await close();
  });

  it('draws further rows as somebody scrolls, to the last one', async () => {
    const { page, close } = await openConsole(browser, started);
    await page.getByRole('combobox', { name: 'Sort by' }).selectOption('Name');
    const rows = page.getByRole('row');
    const more = page.getByRole('button', { name: 'Show more' });
    while ((await more.count()) > 0) {
      const drawn = await rows.count();
      await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
      await page.waitForFunction((count) => document.querySelectorAll('tr').length > count, drawn);
    }
    expect(await rows.filter({ hasText: 'branch 1000.mp3' }).count()).toBe(1);
    expect(await overflow(page)).toBe(0);
    await close();
  });
});
