import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../helpers/browser/browser';
import { layoutShift, lookAt } from '../helpers/browser/checks';
import { goTo, openConsole, signIn } from '../helpers/browser/console';
import { tabThrough } from '../helpers/browser/keyboard';
import { npmStartWithOwnBucket, type OwnBucketStart } from '../helpers/browser/own-bucket';
import { openTab } from '../helpers/browser/page';
import { setVariable } from '../helpers/sandbox/publish';

const SECTIONS = ['Prompts', 'Sync', 'Call flow', 'What is live'];
/** Nobody listens there. */
const NOWHERE = 'http://127.0.0.1:9';
const MP3 = { headers: { 'content-type': 'audio/mpeg' } };

let started: OwnBucketStart;
let browser: Browser;

beforeAll(async () => {
  [started, browser] = await Promise.all([npmStartWithOwnBucket(), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await started?.stop();
});

/** Opens the console in a state, looks at some of its sections, and returns what is wrong with them. */
async function lookAtConsole(
  name: string,
  sections: readonly string[] = SECTIONS,
  check: (page: Page) => Promise<unknown> = async () => {},
): Promise<string[]> {
  const { page, complaints, close } = await openConsole(browser, started);
  const faults: string[] = [];
  for (const section of sections) {
    await goTo(page, section);
    const file = `console-${name}-${section.toLowerCase().replaceAll(' ', '-')}`;
    faults.push(...(await lookAt(page, file)).map((fault) => `${section}: ${fault}`));
  }
  await check(page);
  await close();
  return [...faults, ...complaints];
}

/** Puts objects of the bucket back as they were. */
async function restoring(change: () => Promise<void>): Promise<void> {
  const { s3, bucket } = started;
  const before = s3.store.sorted(bucket).map(([key, object]) => ({ key, object }));
  try {
    await change();
  } finally {
    for (const [key] of s3.store.sorted(bucket)) s3.store.delete(bucket, key);
    for (const { key, object } of before) s3.store.put(bucket, key, object.body, object);
  }
}

const text = (page: Page) => page.getByRole('main').innerText();

describe('the console before somebody signs in', () => {
  it('asks for the secret, and says when it is wrong', async () => {
    const { page, complaints, close } = await openTab(browser, started);
    await page.goto(`${started.origin}/index.html`);
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    expect(await lookAt(page, 'console-signed-out')).toEqual([]);
    await signIn(page, `${started.variables.ADMIN_SECRET}x`);
    await page.getByRole('alert').getByText('This is not the admin secret.').waitFor();
    expect(await lookAt(page, 'console-wrong-secret')).toEqual([]);
    expect((await tabThrough(page)).filter(({ isShown }) => !isShown)).toEqual([]);
    expect(await layoutShift(page)).toEqual({ sum: 0, shifts: [] });
    expect(complaints).toEqual([]);
    await close();
  });
});

describe('the console of a deployment', () => {
  it('paints before S3 has answered', async () => {
    const { page, complaints, close } = await openTab(browser, started);
    let answer: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      answer = resolve;
    });
    await page.goto(`${started.origin}/index.html`);
    await signIn(page, started.variables.ADMIN_SECRET);
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
    await page.route('**/status', async (route) => {
      await held;
      await route.continue();
    });
    await page.reload();
    await page.getByRole('navigation').waitFor();
    expect(await lookAt(page, 'console-loading')).toEqual([]);
    answer();
    await page.getByRole('row').nth(3).waitFor();
    expect((await layoutShift(page)).sum).toBeLessThan(0.02);
    expect(complaints).toEqual([]);
    await close();
  });

  it('shows it in each section', async () => {
    expect(await lookAtConsole('normal')).toEqual([]);
  });

  it('can be used by keyboard alone: each section leads through, and shows where one is', async () => {
    const { page, close } = await openConsole(browser, started);
    for (const section of SECTIONS) {
      await goTo(page, section);
      const stops = await tabThrough(page);
      expect(stops.length).toBeGreaterThan(5);
      expect(stops.filter(({ isShown }) => !isShown)).toEqual([]);
    }
    await close();
  });

  it('moves nothing for somebody who wants that', async () => {
    const { page, close } = await openConsole(browser, started, { reducedMotion: 'reduce' });
    for (const section of SECTIONS) {
      await goTo(page, section);
      expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
    }
    await close();
  });

  it('shows the times of the zone that its reader lives in', async () => {
    const hours = new Set<string | null>();
    for (const timezoneId of ['Asia/Tokyo', 'America/Los_Angeles']) {
      const { page, close } = await openConsole(browser, started, { timezoneId });
      const time = page.getByRole('row').locator('time').first();
      expect(await time.getAttribute('datetime')).toMatch(/^\d{4}-.*Z$/);
      hours.add(await time.getAttribute('title'));
      await close();
    }
    expect(hours.size).toBe(2);
  });

  it('shows what is wrong first, with what to do', () =>
    restoring(async () => {
      const { s3, bucket } = started;
      const put = (name: string, body: Buffer, headers = {}) =>
        s3.store.put(bucket, `prompts/${name}`, body, { headers: { ...MP3.headers, ...headers } });
      const sound = s3.store.get(bucket, 'prompts/menu.mp3')?.body ?? Buffer.alloc(0);
      put('notes.txt', Buffer.from('no sound'), { 'content-type': 'text/plain' });
      put('too large.mp3', Buffer.alloc(26 * 2 ** 20));
      put('archived.mp3', sound, { 'x-amz-storage-class': 'GLACIER' });
      put('broken.mp3', Buffer.from('this is no MP3, whatever its name says'));
      put('welcome.mp3', sound);
      put('ברוכים הבאים 2.mp3', sound);
      put('أهلا وسهلا.mp3', sound);
      put(`a very long name, ${'of which each word matters, '.repeat(6)}.mp3`, sound);
      put(`${'without-any-blank'.repeat(8)}.mp3`, sound);
      s3.store.delete(bucket, 'prompts/goodbye.mp3');
      const faults = await lookAtConsole(
        'problems',
        ['Prompts', 'Sync', 'Call flow'],
        async (page) => {
          await goTo(page, 'Prompts');
          const rows = await page.getByRole('row').allInnerTexts();
          const at = (name: string) => rows.findIndex((row) => row.includes(name));
          for (const wrong of ['notes.txt', 'too large.mp3', 'archived.mp3', 'goodbye.mp3']) {
            expect(at(wrong)).toBeGreaterThan(0);
            expect(at(wrong)).toBeLessThan(at('menu.mp3'));
          }
          expect(rows[at('archived.mp3')]).toContain('Restore it');
        },
      );
      expect(faults).toEqual([]);
    }));

  it('shows an empty bucket', () =>
    restoring(async () => {
      const { s3, bucket } = started;
      for (const [key] of s3.store.sorted(bucket)) s3.store.delete(bucket, key);
      const faults = await lookAtConsole('empty-bucket', ['Prompts', 'Sync'], async (page) => {
        await goTo(page, 'Prompts');
        expect(await page.getByText('Missing', { exact: true }).count()).toBe(9);
      });
      expect(faults).toEqual([]);
    }));

  it('says that S3 cannot be reached, and shows what is known', async () => {
    await started.s3.stop();
    const faults = await lookAtConsole('s3-down', SECTIONS, async (page) => {
      await goTo(page, 'Prompts');
      expect(await text(page)).toContain('S3 could not be reached');
      expect(await page.getByRole('row').count()).toBeGreaterThan(8);
    });
    await started.s3.start();
    expect(faults).toEqual([]);
  });

  it("says that Twilio's API cannot be reached, and shows what is known", async () => {
    const before = await setVariable(started, 'TWILIO_API_URL', NOWHERE);
    const faults = await lookAtConsole('twilio-down', SECTIONS, async (page) => {
      expect(await text(page)).toContain('Twilio could not be reached');
    });
    await setVariable(started, 'TWILIO_API_URL', before);
    expect(faults).toEqual([]);
  });
});
