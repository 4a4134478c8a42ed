import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Locator, Page } from 'playwright-core';
import { launchBrowser } from '../../helpers/browser/browser';
import { layoutShift, lookAt } from '../../helpers/browser/checks';
import { tabThrough } from '../../helpers/browser/keyboard';
import { type NpmStart, npmStart } from '../../helpers/browser/npm-start';
import { openTab, type WatchedPage } from '../../helpers/browser/page';
import { loudnessOf } from '../../helpers/browser/sound';

let started: NpmStart;
let browser: Browser;
let tab: WatchedPage;
let page: Page;

beforeAll(async () => {
  [started, browser] = await Promise.all([npmStart(), launchBrowser()]);
  tab = await openTab(browser, {
    origin: started.origin,
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  page = tab.page;
});
afterAll(async () => {
  await browser?.close();
  await started?.stop();
});

const call = (name: 'Show the bug' | 'Show it gone' | 'Call') =>
  page.getByRole('button', { name, exact: true }).click();

const hangUp = async () => {
  await page.getByRole('button', { name: 'Hang up' }).click();
  await page.getByRole('button', { name: 'Call', exact: true }).waitFor();
};

/** Waits until Twilio listens for keys, as a caller hears it. */
const untilListening = () =>
  page
    .getByRole('status')
    .filter({ hasText: /A key ends it|Listening for a key/ })
    .waitFor();

const rows = (text: string | RegExp): Locator =>
  page
    .getByRole('row')
    .filter({ hasText: text })
    .filter({ has: page.locator('button') });

/** What runs when somebody pastes into a shell what a button has copied. */
async function runCopied(button: Locator): Promise<string> {
  await button.click();
  await button.locator('..').getByText('Copied').waitFor();
  const line = await page.evaluate(() => navigator.clipboard.readText());
  return (await promisify(execFile)('sh', ['-c', line])).stdout;
}

const details = () => page.getByRole('row').filter({ hasText: 'Copy as curl' });

describe('somebody who opens what npm start prints', () => {
  it('reads what it is, and that nothing is needed', async () => {
    await page.goto(started.origin);
    const first = page.getByRole('heading', { level: 1 }).locator('xpath=following::p[1]');
    expect(await first.textContent()).toMatch(/no account, no phone number and no HTTPS/);
    expect(await lookAt(page, 'phone-first')).toEqual([]);
    expect((await layoutShift(page)).sum).toBeLessThan(0.02);
  });

  it('gets everywhere by keyboard, and sees where it is', async () => {
    const stops = await tabThrough(page);
    expect(stops.map(({ name }) => name)).toContain('button Show the bug');
    expect(stops.filter(({ isShown }) => !isShown)).toEqual([]);
  });

  it('sees the bug by one click: a prompt that is silence, and a 403', async () => {
    await call('Show the bug');
    await untilListening();
    await page.keyboard.press('1');
    await page.getByRole('log').getByText('The caller pressed 1').waitFor();
    await page.getByRole('log').getByText('Silence').first().waitFor();
    await rows('403').first().waitFor();
    expect(await lookAt(page, 'phone-bug')).toEqual([]);
  });

  it('opens that request, and reads why S3 refused it', async () => {
    await rows('403').first().getByRole('button').first().click();
    const opened = details();
    await opened.getByText('Why S3 refused it').waitFor();
    const text = await opened.innerText();
    expect(text).toMatch(/Added after the signature was made:.*CallSid.*From/s);
    expect(text).toContain('SignatureDoesNotMatch');
    expect(await lookAt(page, 'phone-why')).toEqual([]);
  });

  it('sends it again without what Twilio appended, and with it', async () => {
    const opened = details();
    await opened.getByRole('button', { name: 'Replay without' }).click();
    await opened.getByText(/with nothing appended\s*: *200/).waitFor();
    await opened.getByRole('button', { name: 'Replay with what Twilio appends' }).click();
    await opened.getByText(/appended parameters\s*: *403/).waitFor();
  });

  it('copies it as a command line, which gets the same answer', async () => {
    const told = await runCopied(details().getByRole('button', { name: 'Copy as curl' }));
    expect(told).toMatch(/^HTTP\/1\.1 403 /);
  });

  it('sees it gone by one click, and the prompts play to their ends', async () => {
    const before = await page.evaluate(() => window.observed.sounds().length);
    await call('Show it gone');
    await untilListening();
    // The menu's prompt plays to its end, too, before a key is pressed.
    await page.getByRole('status').filter({ hasText: 'Listening for a key' }).waitFor();
    await page.getByRole('button', { name: '1', exact: true }).click();
    await page.getByRole('status').filter({ hasText: 'hours.mp3' }).waitFor();
    await untilListening();
    const key = page.getByRole('button', { name: '9', exact: true });
    await key.focus();
    await page.getByRole('button', { name: 'Hang up' }).dispatchEvent('click');
    await page.getByRole('button', { name: 'Call', exact: true }).waitFor();
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('9');
    const sounds = (await page.evaluate(() => window.observed.sounds())).slice(before);
    const [welcome, menu, hours] = sounds;
    for (const sound of [welcome, menu, hours]) {
      expect(sound).toMatchObject({ ended: true, error: '', currentTime: sound?.duration });
      expect(sound?.duration).toBeGreaterThan(2);
    }
    expect(await rows('403').count()).toBe(0);
    expect(await rows(/Gather › Play.*\+27 parameters.*200/s).count()).toBeGreaterThan(0);
    expect(await lookAt(page, 'phone-gone')).toEqual([]);
  });

  it('copies a request of that call, which gets the prompt', async () => {
    await rows(/Gather › Play.*Asset/s)
      .first()
      .getByRole('button')
      .first()
      .click();
    const told = await runCopied(details().getByRole('button', { name: 'Copy as curl' }));
    expect(told).toMatch(/^HTTP\/1\.1 200 [\s\S]*content-type: audio\/mpeg/i);
  });

  it('downloads what was heard, and it is sound', async () => {
    const downloading = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Download what was heard' }).click();
    const file = await (await downloading).path();
    const { seconds, loudness } = await loudnessOf(page, readFileSync(file));
    expect(seconds).toBeGreaterThan(10);
    expect(loudness).toBeGreaterThan(0.01);
  });

  it('copies a link to the call, which shows it to somebody else', async () => {
    await page.getByRole('button', { name: 'Copy a link to this call' }).click();
    const link = await page.evaluate(() => navigator.clipboard.readText());
    const other = await openTab(browser, started);
    await other.page.goto(link);
    await other.page.getByRole('log').getByText('The caller pressed 1').waitFor();
    expect(await other.page.getByRole('log').innerText()).toBe(
      await page.getByRole('log').innerText(),
    );
    expect(other.complaints).toEqual([]);
    await other.close();
  });

  it('lets webhooks hang: the call says what Twilio says, and does not stand still', async () => {
    await page.getByLabel(/webhooks hang/).check();
    await call('Call');
    await rows(/no answer/)
      .first()
      .waitFor();
    expect(await lookAt(page, 'phone-webhooks-hang')).toEqual([]);
    await page.getByLabel(/webhooks hang/).uncheck();
    await page
      .getByRole('button', { name: 'Hang up' })
      .or(page.getByText('Ended.'))
      .first()
      .waitFor();
    if (await page.getByRole('button', { name: 'Hang up' }).isVisible()) await hangUp();
  });

  it('stops S3: presigned URLs are silent, and this project plays on', async () => {
    await page.getByLabel('Stop S3').check();
    await page.getByLabel(/^Presigned URLs/).check();
    await call('Call');
    await page.getByRole('log').getByText('S3 gave no answer').first().waitFor();
    expect(await lookAt(page, 'phone-s3-stopped')).toEqual([]);
    await hangUp();
    await page.getByLabel('This project').check();
    await call('Call');
    await page.getByRole('log').getByText('Recording').nth(1).waitFor();
    expect(await page.getByRole('log').getByText('Silence').count()).toBe(0);
    await hangUp();
  });

  it('demonstrates with nothing broken: S3 is started again', async () => {
    await call('Show it gone');
    await page.getByRole('log').getByText('Recording').first().waitFor();
    expect(await page.getByLabel('Stop S3').isChecked()).toBe(false);
    await hangUp();
  });

  it('shows nothing that a browser complains about', () => {
    expect(tab.complaints).toEqual([]);
  });
});

describe('a page of somebody else', () => {
  it('makes no call, and reads nothing of one', async () => {
    const server = createServer((_, response) => {
      response
        .writeHead(200, { 'Content-Type': 'text/html' })
        .end('<!doctype html><title>x</title>');
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const other = await openTab(browser, { origin: `http://127.0.0.1:${port}` });
    const calls = async () => {
      const response = await fetch(`${started.origin}/phone/state`);
      const { calls } = (await response.json()) as { calls: unknown[] };
      return calls.length;
    };
    const before = await calls();
    await other.page.goto(`http://127.0.0.1:${port}`);
    const read = await other.page.evaluate(async (url) => {
      const body = JSON.stringify({ source: 'project', append: 'gather' });
      const attempts: RequestInit[] = [
        { method: 'POST', body, mode: 'no-cors' },
        { method: 'POST', body, mode: 'no-cors', headers: { 'Content-Type': 'text/plain' } },
        { method: 'POST', body, headers: { 'Content-Type': 'application/json' } },
      ];
      const texts: string[] = [];
      for (const attempt of attempts) {
        texts.push(
          await fetch(url, attempt).then(
            (response) => response.text(),
            () => '',
          ),
        );
      }
      return texts.join('');
    }, `${started.origin}/phone/calls`);
    expect(read).toBe('');
    expect(await calls()).toBe(before);
    await other.close();
    server.close();
  });
});
