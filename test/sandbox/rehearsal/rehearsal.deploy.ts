import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { MediaEvent } from '../../../phone';
import type { RecordedExchange } from '../../../sandbox/rehearsal/recorder';
import {
  runProgram,
  type StagedProject,
  stageProject,
} from '../../../sandbox/rehearsal/staged-project';
import { checkExchange } from '../../helpers/contract/contract';
import { loadConsole, SERVED_CONSOLE } from '../../helpers/sandbox/console-answers';
import { startRehearsal, type TestRehearsal } from '../../helpers/sandbox/start-rehearsal';

const DOMAIN = 'rehearsal-1234-dev.twil.io';

let rehearsal: TestRehearsal;
let project: StagedProject;
let exchanges: RecordedExchange[];

/** Origin, server, status and type of each medium that a caller is played who presses 1, then 9. */
async function playedMedia(): Promise<string[]> {
  const { events } = await rehearsal.call({ digits: ['1', '9'] });
  return events.flatMap((event) => (event.kind === 'media' ? [describeMedium(event)] : []));
}

function describeMedium({ url, status, contentType }: MediaEvent): string {
  const { origin, pathname } = new URL(url);
  return `${origin} ${pathname === '/audio' ? 'proxy' : 'Asset'} ${status} ${contentType}`;
}

const PROXY = new Set([`https://${DOMAIN} proxy 200 audio/mpeg`]);
const ASSET = new Set([`https://${DOMAIN} Asset 200 audio/mpeg`]);

/** The prompts in the live Build, by path. */
async function livePrompts(): Promise<string[]> {
  const live = await rehearsal.live();
  const paths = live?.assets.map(({ path }) => path) ?? [];
  return paths.filter((path) => path.startsWith('/audio/')).sort();
}

/** How many Asset versions were uploaded since the count before. */
async function countUploads(): Promise<number> {
  const fresh = await rehearsal.exchanges();
  exchanges.push(...fresh);
  return fresh.filter(
    ({ method, target }) => method === 'POST' && /\/Assets\/\w+\/Versions$/.test(target),
  ).length;
}

// Each test goes on where the one before it ended.
describe.each([
  ['directly', false],
  ['through a proxy', true],
])('the toolkit’s deployer and our sync, unmodified, by HTTPS, %s', (_, proxy) => {
  let synced: string[];

  beforeAll(async () => {
    exchanges = [];
    rehearsal = await startRehearsal({ proxy });
    project = stageProject(rehearsal);
  });
  afterAll(() => rehearsal.stop());

  it('deploys Functions, assets and variables as they are in the project', async () => {
    const output = await project.twilioRun('deploy');
    expect(output).toMatch(/Serverless project successfully deployed/);
    expect(output).toContain(`https://${DOMAIN}/voice`);
    const live = await rehearsal.live();
    const visibility = Object.fromEntries(
      live?.functions.map(({ path, visibility: of }) => [path, of]) ?? [],
    );
    expect(visibility).toMatchObject({
      '/voice': 'protected',
      '/menu': 'protected',
      '/audio': 'public',
      '/sync': 'public',
    });
    expect(live?.variables).toMatchObject(rehearsal.variables);
    expect(live?.variables).not.toHaveProperty('AUTH_TOKEN');
    expect(await livePrompts()).toEqual([]);
  });

  it('serves the console to a browser, by the types that the toolkit sends', async () => {
    expect(await loadConsole(rehearsal, `https://${DOMAIN}`)).toEqual(SERVED_CONSOLE);
  });

  it('answers signed calls only, which play their prompts through the proxy', async () => {
    expect(new Set(await playedMedia())).toEqual(PROXY);
    const forged = await rehearsal.call({ authToken: 'another token' });
    expect(forged.summary).toMatchObject({ ended: 'application error', errorCode: 11200 });
  });

  it('turns the prompts into Assets by a sync under Twilio’s own host names', async () => {
    await countUploads();
    await project.run('sync');
    synced = await livePrompts();
    expect(synced).toHaveLength(8);
    expect(await countUploads()).toBe(8);
    const hosts = new Set(exchanges.map(({ host }) => host));
    expect(hosts).toEqual(new Set(['serverless.twilio.com', 'serverless-upload.twilio.com']));
    expect(new Set(await playedMedia())).toEqual(ASSET);
    expect(await loadConsole(rehearsal, `https://${DOMAIN}`)).toEqual(SERVED_CONSOLE);
  });

  it('leaves nothing to do for the deployed /sync', async () => {
    const before = await rehearsal.live();
    const answer = await rehearsal.request({
      method: 'POST',
      url: `https://${DOMAIN}/sync`,
      headers: { authorization: `Bearer ${rehearsal.variables.ADMIN_SECRET}` },
    });
    expect(answer).toMatchObject({ status: 200 });
    expect((await rehearsal.live())?.buildSid).toBe(before?.buildSid);
    expect(await countUploads()).toBe(0);
  });

  it('drops the prompts from the Build by a second deploy, and calls go on', async () => {
    await project.twilioRun('deploy');
    expect(await livePrompts()).toEqual([]);
    expect(new Set(await playedMedia())).toEqual(PROXY);
  });

  it('brings the prompts back by a second sync, without an upload', async () => {
    await countUploads();
    await project.run('sync');
    expect(await livePrompts()).toEqual(synced);
    expect(await countUploads()).toBe(0);
    expect(new Set(await playedMedia())).toEqual(ASSET);
  });

  it('is listed by twilio-run list', async () => {
    const types = 'services,environments,functions,assets,variables,builds';
    const output = await project.twilioRun('list', types, '--output-format', 'json');
    expect(output).toContain(DOMAIN);
    expect(output).toContain('/voice');
    for (const path of synced) expect(output).toContain(path);
  });

  it('has its variables changed by twilio-run env', async () => {
    const env = (...args: string[]) => project.twilioRun('env', ...args, '--environment', 'dev');
    await env('set', '--key', 'NOTE', '--value', 'a b');
    expect(await env('get', '--key', 'NOTE')).toContain('a b');
    expect((await rehearsal.live())?.variables).toMatchObject({ NOTE: 'a b' });
    expect(await env('list')).toContain('S3_BUCKET');
    await env('unset', '--key', 'NOTE');
    expect((await rehearsal.live())?.variables).not.toHaveProperty('NOTE');
    await env('import', '.env');
    expect((await rehearsal.live())?.variables).toMatchObject(rehearsal.variables);
  });

  it('is listed, paged, fetched and updated by the unmodified twilio library', async () => {
    const { accountSid, authToken, environment } = rehearsal;
    const program = join(__dirname, '../../helpers/sandbox/library-program.ts');
    const output = await runProgram('library', ['--require', 'tsx/cjs', program], {
      cwd: process.cwd(),
      environment: { ...environment, ACCOUNT_SID: accountSid, AUTH_TOKEN: authToken },
    });
    expect(JSON.parse(output)).toEqual({
      domainName: DOMAIN,
      listed: true,
      friendlyName: 'renamed',
      paths: expect.arrayContaining([...synced, '/call-flow.json']),
      pages: [2, 2],
    });
  });

  it('keeps to Twilio’s description in every request and response', async () => {
    await countUploads();
    const checks = await Promise.all(exchanges.map(checkExchange));
    const problems = new Set(checks.flatMap((check) => check.problems));
    // One of the toolkit's own, which Twilio ignores.
    const known = /^CreateEnvironment .*"FriendlyName"/;
    expect([...problems].filter((problem) => !known.test(problem))).toEqual([]);
    expect(exchanges.length).toBeGreaterThan(100);
  });
});
