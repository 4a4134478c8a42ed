import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { type StagedProject, stageProject } from '../../sandbox/rehearsal/staged-project';
import { launchBrowser } from '../helpers/browser/browser';
import { lookAt } from '../helpers/browser/checks';
import { goTo, signIn } from '../helpers/browser/console';
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
  it('opens under the host name that Twilio gives it, and lets in who has the secret', async () => {
    await tab.page.goto(`${ORIGIN}/index.html`);
    await signIn(tab.page, rehearsal.variables.ADMIN_SECRET ?? '');
    await tab.page.getByText('No prompt has been synced yet').waitFor();
    expect(await lookAt(tab.page, 'console-deployed')).toEqual([]);
  });

  it('syncs, and callers get Assets', async () => {
    const { page } = tab;
    await goTo(page, 'Sync');
    await page.getByRole('button', { name: 'Sync now' }).click();
    await page.getByText('8 prompts are live now.').waitFor();
    await goTo(page, 'Prompts');
    expect(await page.getByRole('row').getByText('Asset', { exact: true }).count()).toBe(8);
    const live = await rehearsal.live();
    expect(live?.assets.filter(({ path }) => path.startsWith('/audio/'))).toHaveLength(8);
  });

  it('stays in the Build that a sync has made', async () => {
    const { page, complaints } = tab;
    await page.reload();
    await page.getByRole('button', { name: 'Listen to prompts/menu.mp3' }).click();
    await page.waitForFunction(() => window.observed.sounds().at(-1)?.ended);
    expect(complaints).toEqual([]);
  });
});
