import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../helpers/browser/browser';
import { lookAt } from '../helpers/browser/checks';
import { goTo, openConsole } from '../helpers/browser/console';
import { publishFlow } from '../helpers/sandbox/publish';
import { startSandbox, type TestSandbox } from '../helpers/sandbox/start-sandbox';

const NAME = 'זמני הפתיחה';

/** As long as a name may be. */
const LONG = 'm'.repeat(40);

/** Whatever somebody may write into a call flow. */
const FLOW = {
  language: 'he-IL',
  start: { action: 'menu', menu: 'main' },
  menus: {
    main: {
      prompt: { key: 'prompts/menu.mp3', text: `${NAME}: הקישו 1. لتسمع مواعيد العمل، اضغط 2.` },
      digits: {
        '1': {
          action: 'play',
          prompt: { key: `prompts/${NAME}.mp3`, text: 'אנחנו פתוחים מ-9 עד 18:00.' },
        },
        '2': {
          action: 'menu',
          menu: LONG,
        },
      },
    },
    [LONG]: {
      prompt: { key: 'prompts/営業 時間.mp3', text: '営業時間のご案内です。'.repeat(12) },
      digits: { '9': { action: 'hangup' } },
    },
  },
  farewell: { text: '<b>Goodbye</b> & "thank you"' },
};

let sandbox: TestSandbox;
let browser: Browser;
let deployed: { origin: string; variables: TestSandbox['variables'] };

beforeAll(async () => {
  [sandbox, browser] = await Promise.all([startSandbox(), launchBrowser()]);
  deployed = { origin: sandbox.publicOrigin, variables: sandbox.variables };
});
afterAll(async () => {
  await browser?.close();
  await sandbox?.stop();
});

async function lookAtSections(name: string, sections: readonly string[]): Promise<string[]> {
  const { page, complaints, close } = await openConsole(browser, deployed);
  const faults: string[] = [];
  for (const section of sections) {
    await goTo(page, section);
    const file = `console-${name}-${section.toLowerCase().replaceAll(' ', '-')}`;
    faults.push(...(await lookAt(page, file)));
  }
  const text = await page.getByRole('main').innerText();
  await close();
  return [...faults, ...complaints, text];
}

describe('the console of a deployment that is fresh', () => {
  it('says that nothing was synced, and what a sync would do', async () => {
    const { page, complaints, close } = await openConsole(browser, deployed);
    await page.getByText('No prompt has been synced yet').waitFor();
    expect(await lookAt(page, 'console-unsynced-prompts')).toEqual([]);
    await goTo(page, 'Sync');
    await page.getByText('Uploads 8 prompts').waitFor();
    expect(await lookAt(page, 'console-unsynced-sync')).toEqual([]);
    expect(complaints).toEqual([]);
    await close();
  });

  it('shows names and texts of any script, and nothing of them is markup', async () => {
    await publishFlow(sandbox, JSON.stringify(FLOW));
    const result = await lookAtSections('scripts', ['Prompts', 'Call flow']);
    const text = result.pop() ?? '';
    expect(result).toEqual([]);
    expect(text.replace(/\s+/g, ' ')).toContain('<b>Goodbye</b> & "thank you"');
  });

  it('says why there is no call flow', async () => {
    await publishFlow(sandbox, '{ "menus": 1 }');
    const result = await lookAtSections('no-flow', ['Prompts', 'Call flow']);
    const text = result.pop() ?? '';
    expect(result).toEqual([]);
    expect(text).toContain('call-flow.private.json is not valid');
  });
});
