import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../helpers/browser/browser';
import { npmStartWithOwnBucket, type OwnBucketStart } from '../helpers/browser/own-bucket';
import { openTab, type WatchedPage } from '../helpers/browser/page';

let started: OwnBucketStart;
let browser: Browser;
let tab: WatchedPage;

beforeAll(async () => {
  [started, browser] = await Promise.all([npmStartWithOwnBucket(), launchBrowser()]);
  tab = await openTab(browser, started);
});
afterAll(async () => {
  await browser?.close();
  await started?.stop();
});

it('works', async () => {
  await tab.page.goto(`${started.origin}/index.html`);
  expect(tab.complaints).toEqual([]);
});
