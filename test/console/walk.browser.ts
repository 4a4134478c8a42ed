import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Locator, Page } from 'playwright-core';
import { promptFolder } from '../../sandbox/prompts';
import { launchBrowser } from '../helpers/browser/browser';
import { lookAt } from '../helpers/browser/checks';
import { goTo, signIn } from '../helpers/browser/console';
import { npmStartWithOwnBucket, type OwnBucketStart } from '../helpers/browser/own-bucket';
import { openTab, type WatchedPage } from '../helpers/browser/page';
import { s3ClientOf } from '../helpers/sandbox/s3-client';

const HOURS = 'prompts/hours.mp3';

let started: OwnBucketStart;
let browser: Browser;
let tab: WatchedPage;
let page: Page;

beforeAll(async () => {
  [started, browser] = await Promise.all([npmStartWithOwnBucket(), launchBrowser()]);
  tab = await openTab(browser, started);
  page = tab.page;
});
afterAll(async () => {
  await browser?.close();
  await started?.stop();
});

const sample = (name: string) => readFileSync(join(promptFolder, name));
const row = (key: string): Locator =>
  page.getByRole('row').filter({ has: page.getByRole('button', { name: `Listen to ${key}` }) });
const rowsMissing = () =>
  page.getByRole('row').filter({ has: page.getByText('Missing', { exact: true }) });
const hasFocus = () => page.evaluate(() => document.activeElement !== document.body);
const refresh = async () => {
  await page.getByRole('button', { name: 'Refresh' }).click();
  await page.getByRole('main').and(page.locator('[aria-busy=false]')).waitFor();
};

/** Presses a button that plays, waits for the end of the sound, and returns what its address holds. */
async function heardBy(button: Locator): Promise<Buffer> {
  const loaded = page.waitForResponse(
    (response) =>
      response.request().resourceType() === 'fetch' &&
      new URL(response.url()).pathname.startsWith('/audio'),
  );
  const before = await page.evaluate(() => window.observed.sounds().length);
  await button.click();
  const url = (await loaded).url();
  await page.waitForFunction((count) => window.observed.sounds()[count]?.ended, before);
  const sounds = await page.evaluate(() => window.observed.sounds());
  expect(sounds[before]).toMatchObject({ error: '', currentTime: sounds[before]?.duration });
  return Buffer.from(await (await fetch(url)).arrayBuffer());
}

describe('somebody who looks after the prompts', () => {
  it('is not let in with a wrong secret, and is with the right one', async () => {
    await page.goto(`${started.origin}/index.html`);
    await signIn(page, 'a wrong secret');
    await page.getByRole('alert').getByText('This is not the admin secret.').waitFor();
    await signIn(page, started.variables.ADMIN_SECRET);
    await row(HOURS).getByText('Asset', { exact: true }).waitFor();
  });

  it('listens to what callers hear, as stored and as the phone hears it', async () => {
    expect(await heardBy(row(HOURS).getByRole('button', { name: 'Listen to' }))).toEqual(
      sample('hours.mp3'),
    );
    await row(HOURS).getByRole('button', { expanded: false }).click();
    const way = page.getByRole('button', { name: 'What callers hear now, as the phone hears it' });
    expect(await heardBy(way)).toEqual(sample('hours.mp3'));
  });

  it('replaces a recording in S3, sees that it waits for a sync, and hears both', async () => {
    const { S3_BUCKET: Bucket } = started.bucketVariables;
    const Body = sample('goodbye.mp3');
    await s3ClientOf(started.bucketVariables).send(
      new PutObjectCommand({ Bucket, Key: HOURS, Body, ContentType: 'audio/mpeg' }),
    );
    await refresh();
    await row(HOURS).getByText('The next sync replaces it').waitFor();
    const now = page.getByRole('button', { name: 'What callers hear now, as stored' });
    const stored = page.getByRole('button', { name: 'What S3 has now, as stored' });
    expect(await heardBy(now)).toEqual(sample('hours.mp3'));
    expect(await heardBy(stored)).toEqual(Body);
    expect(await lookAt(page, 'console-replaced')).toEqual([]);
  });

  it('syncs, sees how far it is, and that callers have the new recording', async () => {
    await goTo(page, 'Sync');
    await page.getByText('Uploads 1 prompt').waitFor();
    await page.getByRole('button', { name: 'Sync now' }).click();
    await page.getByRole('progressbar', { name: 'Sync' }).waitFor();
    await page.getByText('Callers hear what S3 has').waitFor();
    // Said together, the two would contradict each other.
    expect(await page.getByRole('heading', { name: 'What the next sync does' }).count()).toBe(0);
    expect(await lookAt(page, 'console-synced')).toEqual([]);
    await goTo(page, 'Prompts');
    await row(HOURS).getByText('The next sync replaces it').waitFor({ state: 'hidden' });
    const listen = row(HOURS).getByRole('button', { name: 'Listen to' });
    expect(await heardBy(listen)).toEqual(sample('goodbye.mp3'));
  });

  it('sees that deployment in what is live', async () => {
    await goTo(page, 'What is live');
    await page.getByText('1 prompt replaced').filter({ visible: true }).waitFor();
    expect(await lookAt(page, 'console-live')).toEqual([]);
  });

  it('filters until nothing is left, and the focus stays when all is shown again', async () => {
    await goTo(page, 'Prompts');
    await page.getByLabel('Filter').fill('nothing is called so');
    await page.getByRole('button', { name: 'Show all' }).press('Enter');
    await row(HOURS).waitFor();
    expect(await hasFocus()).toBe(true);
  });

  it('deletes half of the bucket, and a guard stops the sync with the numbers', async () => {
    const { s3, bucket } = started;
    for (const [key] of s3.store.sorted(bucket).slice(0, 5)) s3.store.delete(bucket, key);
    await refresh();
    await goTo(page, 'Sync');
    await page.getByRole('button', { name: 'Sync now' }).click();
    await page.getByText('5 of 8 prompts vanished').first().waitFor();
    expect(await lookAt(page, 'console-guard')).toEqual([]);
  });

  it('cannot force it with a wrong number', async () => {
    const posts: string[] = [];
    page.on('request', (request) => {
      if (request.method() === 'POST') posts.push(request.url());
    });
    await page.getByRole('button', { name: 'Sync all the same' }).click();
    const dialog = page.getByRole('dialog');
    for (const wrong of ['', '8', '05', '5 prompts']) {
      await dialog.getByRole('textbox').fill(wrong);
      await dialog.getByRole('textbox').press('Enter');
      await dialog.getByRole('alert').waitFor();
    }
    expect(await lookAt(page, 'console-force')).toEqual([]);
    expect(posts).toEqual([]);
  });

  it('forces it with the right number, and callers hear the words', async () => {
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox').fill('5');
    await dialog.getByRole('textbox').press('Enter');
    await dialog.waitFor({ state: 'hidden' });
    expect(await hasFocus()).toBe(true);
    await page.getByText(/3 prompts are live now/).waitFor();
    await goTo(page, 'Prompts');
    expect(await rowsMissing().count()).toBe(5);
    expect(await lookAt(page, 'console-forced')).toEqual([]);
  });

  it('signs out, and the tab has forgotten the secret', async () => {
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Admin secret').waitFor();
    await page.reload();
    await page.getByLabel('Admin secret').waitFor();
    const kept = await page.evaluate(() => [
      ...Object.values(sessionStorage),
      ...Object.values(localStorage),
      document.cookie,
      location.href,
    ]);
    expect(kept.join('\n')).not.toContain(started.variables.ADMIN_SECRET);
    expect(await page.getByLabel('Admin secret').inputValue()).toBe('');
  });

  it('meets nothing that a browser complains about', () => {
    expect(tab.complaints).toEqual([]);
  });
});
