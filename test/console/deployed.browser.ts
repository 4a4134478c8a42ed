import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { type StagedProject, stageProject } from '../../sandbox/rehearsal/staged-project';
import { launchBrowser } from '../helpers/browser/browser';
import { lookAt } from '../helpers/browser/checks';
import { openTab, type WatchedPage } from '../helpers/browser/page';
import { startRehearsal, type TestRehearsal } from '../helpers/sandbox/start-rehearsal';

const HOST = 'rehearsal-1234-dev.twil.io';
const ORIGIN = `https://${HOST}`;

let rehearsal: TestRehearsal;
let project: StagedProject;
let browser: Browser;
let tab: WatchedPage;

beforeAll(async () => {
  rehearsal = await startRehearsal();
  project = stageProject(rehearsal);
  await project.twilioRun('deploy');
  // Twilio's host name leads to the rehearsal, and no other name leads anywhere.
  const { port } = rehearsal.internet;
  const rules = `MAP ${HOST}:443 127.0.0.1:${port}, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1`;
  browser = await launchBrowser([`--host-resolver-rules=${rules}`]);
  // The rehearsal's authority exists for one run, and the browser does not know it.
  tab = await openTab(browser, { origin: ORIGIN, ignoreHTTPSErrors: true });
});
afterAll(async () => {
  await browser?.close();
  await rehearsal?.stop();
});

describe('the console that the real deployer has deployed', () => {
  it('opens under the host name that Twilio gives it', async () => {
    const { page, complaints } = tab;
    await page.goto(`${ORIGIN}/index.html`);
    await page.getByRole('heading', { level: 1 }).first().waitFor();
    expect(await lookAt(page, 'console-deployed')).toEqual([]);
    expect(complaints).toEqual([]);
  });
});
