import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import send from 'send';
import { type Listening, listen } from '../../sandbox/listen';
import { promptFolder } from '../../sandbox/prompts';
import type { FlowEdge, FlowNode, PromptStatus, StatusResponse } from '../../src/status/response';
import { launchBrowser } from '../helpers/browser/browser';
import { overflow } from '../helpers/browser/checks';
import { goTo, signIn } from '../helpers/browser/console';
import { NARROW, openTab, type WatchedPage } from '../helpers/browser/page';
import { HOSTILE_KEYS } from '../helpers/hostile-keys';

const AT = '2026-11-27T12:00:00.000Z';
const QUIET: StatusResponse = {
  at: AT,
  domain: 'prompts-1234-dev.twil.io',
  live: { buildSid: 'ZB00000000000000000000000000000000', since: AT, by: 'sync', prompts: 0 },
  bucket: { name: 'clinic', prefix: '' },
  prompts: [],
  leftOut: 0,
  counts: { asset: 0, proxy: 0, spoken: 0, missing: 0, unused: 0 },
  nextSync: { upload: 0, bytes: 0, retire: 0, retain: 0, skip: 0, build: false },
  deployments: [],
  flow: { nodes: [], edges: [] },
};
const SOUND = readFileSync(join(promptFolder, 'goodbye.mp3'));

let deployment: Listening;
let browser: Browser;
let tab: WatchedPage;
let page: Page;

/** What the deployment answers, and what it was asked for. */
let status: StatusResponse;
let audioStatus: number;
let requests: string[];
let endStep: (() => void) | undefined;

beforeAll(async () => {
  deployment = await listen((request, response) => {
    const { pathname } = new URL(request.url ?? '', 'http://console');
    requests.push(pathname);
    if (pathname === '/status') {
      response.setHeader('Content-Type', 'application/json');
      response.end(JSON.stringify(status));
    } else if (pathname === '/sync') {
      endStep = () =>
        response.writeHead(502, { 'Content-Type': 'text/plain' }).end('S3 did not answer.');
    } else if (pathname === '/audio') {
      const type = audioStatus === 200 ? 'audio/mpeg' : 'text/plain';
      response.writeHead(audioStatus, { 'Content-Type': type }).end(SOUND);
    } else {
      send(request, pathname, { root: '.twilioserverless/assets' }).pipe(response);
    }
  });
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await deployment?.close();
});
beforeEach(async () => {
  status = QUIET;
  audioStatus = 200;
  requests = [];
  tab = await openTab(browser, { origin: deployment.url });
  page = tab.page;
});
afterEach(async () => {
  await tab.close();
});

async function open(shown: StatusResponse): Promise<void> {
  status = shown;
  await page.goto(`${deployment.url}/index.html`);
  await signIn(page, 'a secret');
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
}

describe('hostile content', () => {
  it('is shown as text, wherever it stands, and leads nowhere', async () => {
    const texts = [
      ...HOSTILE_KEYS,
      '<img src=x onerror=alert(1)>.mp3',
      'javascript:alert(1)',
      'https://example.com/a.mp3',
      '\u202Egpm.tset',
      'nul\u0000.mp3',
    ];
    const nodes = texts.map(
      (words, index): FlowNode => ({
        id: `menus.m${index}`,
        kind: 'menu',
        title: words,
        prompts: [{ key: words, words, language: words }],
      }),
    );
    await open({
      ...QUIET,
      domain: '<b>domain</b>',
      twilioProblem: '<script>alert(1)</script>',
      bucket: { name: '<b>bucket</b>', prefix: '"', problem: '\u202E<img src=x onerror=alert(1)>' },
      prompts: texts.map((key) => ({
        key,
        state: 'missing',
        words: key,
        language: key,
        usedBy: [`menus.${key}.prompt`],
        problem: key,
        next: 'remove',
      })),
      deployments: [{ at: AT, buildSid: '<b>sid</b>', changes: ['<i>code</i>'] }],
      flow: {
        nodes: [{ id: 'call', kind: 'start', title: '', prompts: [] }, ...nodes],
        edges: nodes.map(({ id, title }) => ({ from: 'call', to: id, label: title })),
      },
    });
    const overflows: Record<string, number> = {};
    await page.setViewportSize(NARROW);
    for (const section of ['Prompts', 'Sync', 'Call flow', 'What is live']) {
      await goTo(page, section);
      overflows[section] = await overflow(page);
      await page.getByRole('main').getByText('<script>alert(1)</script>').first().waitFor();
    }
    expect(overflows).toEqual({ Prompts: 0, Sync: 0, 'Call flow': 0, 'What is live': 0 });
    expect(await page.locator('#app :is(script, img, iframe, b b, i)').count()).toBe(0);
    const links = await page.evaluate(() => [...document.links].map(({ href }) => href));
    expect(links.filter((href) => !href.startsWith(`${deployment.url}/index.html#`))).toEqual([]);
    expect(tab.complaints).toEqual([]);
  });

  it('of a thousand steps is a list, which no browser needs minutes to draw', async () => {
    const ids = Array.from({ length: 1000 }, (_, index) => `menus.m${index}`);
    const nodes = ids.map(
      (id): FlowNode => ({ id, kind: 'menu', title: id, prompts: [{ words: id }] }),
    );
    const edges = ids.flatMap((from, index): FlowEdge[] => [
      { from, to: ids[(index + 1) % 1000] ?? '', label: '1' },
      { from, to: ids[(index * 7) % 1000] ?? '', label: '2' },
    ]);
    await open({ ...QUIET, flow: { nodes, edges } });
    await goTo(page, 'Call flow');
    await page.getByText('A diagram has at most 300 boxes').waitFor();
    expect(await page.getByRole('heading', { level: 3 }).count()).toBe(1000);
    expect(tab.complaints).toEqual([]);
  });
});

describe('signing in', () => {
  it('asks once, however often Enter is pressed', async () => {
    await page.goto(`${deployment.url}/index.html`);
    await page.getByLabel('Admin secret').fill('a secret');
    requests = [];
    await page.route('**/status', async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 1000));
      await route.continue();
    });
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
    expect(requests).toEqual(['/status']);
  });
});

describe('a sync', () => {
  it('asks for nothing any more once somebody has signed out', async () => {
    await open(QUIET);
    await goTo(page, 'Sync');
    await page.getByRole('button', { name: 'Sync now' }).click();
    await page.getByRole('button', { name: 'Stop' }).waitFor();
    const answered = page.waitForResponse('**/sync');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    requests = [];
    endStep?.();
    await answered;
    // What the page does next would come before this.
    await page.evaluate(() => fetch('/audio'));
    expect(requests).toEqual(['/audio']);
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
  });
});

describe('a recording', () => {
  const prompt: PromptStatus = {
    key: 'hours.mp3',
    state: 'proxy',
    usedBy: [],
    heardAt: '/audio',
  };
  const player = () => page.getByRole('region', { name: 'Player' });

  it('that the browser refuses to play is played by one more click, and not fetched again', async () => {
    await page.addInitScript(() => {
      const { play } = HTMLMediaElement.prototype;
      HTMLMediaElement.prototype.play = () => {
        HTMLMediaElement.prototype.play = play;
        return Promise.reject(new DOMException('No gesture.', 'NotAllowedError'));
      };
    });
    await open({ ...QUIET, prompts: [prompt] });
    await page.getByRole('button', { name: 'Listen to hours.mp3' }).click();
    await player().getByText('Press Play again.').waitFor();
    requests = [];
    await player().getByRole('button', { name: 'Play again' }).click();
    await player().getByRole('button', { name: 'Stop' }).waitFor();
    await player().getByRole('button', { name: 'Play again' }).waitFor();
    expect(requests).toEqual([]);
  });

  it('whose address has expired says to refresh the page', async () => {
    audioStatus = 403;
    await open({ ...QUIET, prompts: [prompt] });
    await page.getByRole('button', { name: 'Listen to hours.mp3' }).click();
    await player().getByText('Refresh the page').waitFor();
  });
});
