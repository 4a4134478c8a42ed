import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import send from 'send';
import { type Listening, listen } from '../../sandbox/listen';
import { launchBrowser } from '../helpers/browser/browser';
import { lookAt } from '../helpers/browser/checks';

let console: Listening;
let stranger: Listening;
let browser: Browser;
beforeAll(async () => {
  console = await listen((request, response) => {
    send(request, new URL(request.url ?? '', 'http://console').pathname, {
      root: '.twilioserverless/assets',
    }).pipe(response);
  });
  stranger = await listen((_, response) => {
    const frame = `<iframe title="Framed" src="http://127.0.0.1:${console.port}/index.html"></iframe>`;
    response.setHeader('Content-Type', 'text/html');
    response.end(
      `<!doctype html><html lang="en"><title>A stranger</title><main><h1>A stranger</h1>${frame}</main>`,
    );
  });
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await Promise.all([console?.close(), stranger?.close()]);
});

describe('the console in a frame of another site', () => {
  it('asks for nothing, and leads to a window of its own', async () => {
    const page = await browser.newPage();
    await page.goto(`http://localhost:${stranger.port}/`);
    const frame = page.frameLocator('iframe');
    const link = frame.getByRole('link');
    await link.waitFor();
    expect(await frame.getByRole('button').count()).toBe(0);
    expect(await frame.getByRole('textbox').count()).toBe(0);
    expect(await lookAt(page, 'console-framed')).toEqual([]);

    const [opened] = await Promise.all([page.waitForEvent('popup'), link.click()]);
    await opened.getByRole('button', { name: 'Sign in' }).waitFor();
    await page.close();
  });
});
