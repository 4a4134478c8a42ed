import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import * as v from 'valibot';
import { state } from '../../../sandbox/phone-page/protocol';
import { launchBrowser } from '../../helpers/browser/browser';
import { lookAt } from '../../helpers/browser/checks';
import { npmStartWithOwnBucket, type OwnBucketStart } from '../../helpers/browser/own-bucket';
import { openTab } from '../../helpers/browser/page';

let started: OwnBucketStart | undefined;
let origin: string;
let browser: Browser;

beforeAll(async () => {
  [started, browser] = await Promise.all([npmStartWithOwnBucket(), launchBrowser()]);
  origin = started.origin;
});
const stop = async () => {
  await started?.stop();
  started = undefined;
};
afterAll(async () => {
  await browser?.close();
  await stop();
});

describe('the phone page of npm start -- --env', () => {
  it('shows the bug on the own bucket, which it cannot stop', async () => {
    const { page, complaints, close } = await openTab(browser, { origin });
    await page.goto(origin);
    expect(await page.getByLabel('Stop S3').count()).toBe(0);
    await page.getByLabel('Let webhooks hang').waitFor();
    await page.getByLabel('Skip prompts').check();
    await page.getByRole('button', { name: 'Show the bug' }).click();
    await page.getByRole('row').filter({ hasText: '403 Forbidden' }).first().waitFor();
    await page.getByRole('button', { name: 'Hang up' }).click();
    expect(await lookAt(page, 'phone-own-bucket')).toEqual([]);
    expect(complaints).toEqual([]);
    await close();
  });

  it('shows the times of the zone that its reader lives in', async () => {
    const response = await fetch(`${origin}/phone/state`);
    const [called] = v.parse(state, await response.json()).calls;
    const times = new Set<string | null>();
    for (const timezoneId of ['Asia/Tokyo', 'America/Los_Angeles']) {
      const { page, close } = await openTab(browser, { origin, timezoneId });
      await page.goto(`${origin}/#call=${called?.id}`);
      times.add(await page.getByRole('row').locator('time').first().textContent());
      await close();
    }
    expect(times.size).toBe(2);
  });

  it('says that the sandbox has ended, and what to do', async () => {
    const { page, close } = await openTab(browser, { origin });
    await page.goto(origin);
    await page.getByLabel('Let webhooks hang').waitFor();
    await stop();
    const alert = page.getByRole('alert').filter({ hasText: 'The sandbox does not answer' });
    await alert.waitFor();
    expect(await alert.textContent()).toContain('npm start');
    expect(await lookAt(page, 'phone-ended')).toEqual([]);
    await close();
  });
});
