import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import * as v from 'valibot';
import type { MediaHabits } from '../../sandbox/twilio';
import { checkExchange } from '../helpers/contract/contract';
import { resultOfProgram, startProgram, waitForOutput } from '../helpers/program';
import { startRehearsal, type TestRehearsal } from '../helpers/sandbox/start-rehearsal';

const Findings = v.array(v.object({ question: v.string(), answer: v.string() }));

/** What `npm run live-check` runs, on a machine whose Internet is the rehearsal. */
function start({ environment, accountSid, authToken }: TestRehearsal, ...args: string[]) {
  const credentials = { ACCOUNT_SID: accountSid, AUTH_TOKEN: authToken };
  return startProgram('cli/live-check.ts', args, { ...environment, ...credentials });
}

const NUMBERS = ['--from', '+815012345678', '--to', '+819012345678'];

let rehearsal: TestRehearsal;

describe('npm run live-check against the rehearsal', () => {
  afterEach(() => rehearsal.stop());

  async function findings(mediaHabits: MediaHabits): Promise<Record<string, string>> {
    rehearsal = await startRehearsal({ mediaHabits });
    const child = start(rehearsal, ...NUMBERS, '--yes', '--json', '--patience', '10');
    const { code, out, err } = await resultOfProgram(child);
    expect([code, err]).toEqual([0, '']);
    const found = v.parse(Findings, JSON.parse(out));
    return Object.fromEntries(found.map(({ question, answer }) => [question, answer]));
  }

  it('finds a Twilio as it was in 2019', async () => {
    expect(await findings({ append: 'gather' })).toEqual({
      'Runtime handlers that Twilio takes':
        '2.1.2, 2.0.1, 2.0.0, 1.3.1; not 2.1.0 (20001), 2.0.3 (20001)',
      'Runtimes that Twilio builds for': 'node24, node22; not node20 (82007), node18 (82007)',
      'Parameters appended in <Play>': 'none',
      'Parameters appended in <Gather> › <Play>': expect.stringMatching(/^27: Called, ToState, /),
      'Parameters carried along by a redirect': 'yes',
      'User-Agent of media requests': 'TwilioProxy/1.1',
      'Media requests of <Play> are signed': 'no',
      'Media requests of <Gather> › <Play> are signed': 'no',
      'A protected Asset in <Play>': 'does not play: error 11200',
      'A protected Asset in <Gather> › <Play>': 'does not play: error 11200',
      'Signatures with connection overrides': 'do not cover them',
      'Connection overrides of <Play>': 'are not heeded: it waits 3 s',
      'A medium that answers 403': 'is skipped: the call goes on with the next verb',
      'Audio that a Function can answer with': '4.5 MB or more; 4.75 MB is answered 500',
    });
  });

  it('finds a Twilio that signs media requests and overrides, heeds those, and falls back when a medium fails', async () => {
    const habits = {
      append: 'never',
      signMedia: true,
      fallbackOnMediaError: true,
      signOverrides: true,
      heedMediaOverrides: true,
    } as const;
    expect(await findings(habits)).toMatchObject({
      'Parameters appended in <Gather> › <Play>': 'none',
      'Media requests of <Gather> › <Play> are signed': 'yes',
      'A protected Asset in <Play>': 'plays',
      'Signatures with connection overrides':
        'may cover them: a protected Function is not asked, error 11200',
      'Connection overrides of <Play>': 'are heeded: error 11205',
      'A protected Asset in <Gather> › <Play>': 'plays',
      'A medium that answers 403':
        "reaches the fallback URL, with ErrorCode 11200 and the medium's URL as ErrorUrl",
    });
  });

  it('finds everything although refused media lead to the fallback URL in between, and removes all', async () => {
    const habits = { append: 'always', fallbackOnMediaError: true } as const;
    expect(await findings(habits)).toMatchObject({
      'Parameters appended in <Play>': expect.stringMatching(/^27: /),
      'A protected Asset in <Play>': 'does not play: error 11200',
      'A protected Asset in <Gather> › <Play>': 'does not play: error 11200',
      'A medium that answers 403': expect.stringMatching(/^reaches the fallback URL/),
    });
    const checks = await Promise.all((await rehearsal.exchanges()).map(checkExchange));
    const problems = checks.flatMap((check) => check.problems);
    expect(problems).toEqual([
      // The description is older than node24.
      expect.stringMatching(/^CreateBuild .*response 201\/runtime must be equal to one of/),
      expect.stringMatching(/^CreateEnvironment .*"FriendlyName"/),
    ]);
    const used = new Set(checks.map(({ operation }) => operation));
    for (const operation of ['CreateCall', 'FetchCall', 'ListAlert', 'ListLog', 'DeleteService']) {
      expect(used).toContain(operation);
    }
    expect(await rehearsal.services()).toBe(0);
  });
});

describe('npm run live-check', () => {
  beforeAll(async () => {
    rehearsal = await startRehearsal();
  });
  afterAll(() => rehearsal.stop());

  it('asks before it calls, and does nothing where nobody can answer', async () => {
    const { code, err } = await resultOfProgram(start(rehearsal, ...NUMBERS));
    expect(code).toBe(2);
    expect(err).toMatch(/calls \+819012345678 from \+815012345678: one call.* Say so with --yes/s);
    expect(await rehearsal.exchanges()).toEqual([]);
  });

  it('refuses a wrong argument, and prints its help', async () => {
    const wrong = await resultOfProgram(
      start(rehearsal, '--from', '050-1234', '--to', '+819012345678'),
    );
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining('Give it as +8150')]);
    const help = await resultOfProgram(start(rehearsal, '--help'));
    expect([help.code, help.out]).toEqual([0, expect.stringContaining('docs/fidelity.md')]);
  });

  it('says what is wrong with the account before anything is made', async () => {
    const { code, err } = await resultOfProgram(
      start({ ...rehearsal, authToken: 'wrong' }, ...NUMBERS, '--yes'),
    );
    expect(code).toBe(1);
    expect(err).toBe(
      'Looking for the Service twilio-s3-play-live-check: Twilio answered 401 (20003): Authenticate. Check ACCOUNT_SID and AUTH_TOKEN, or API_KEY and API_SECRET: they must be those of the region US1.\n',
    );
  });

  it('says that Twilio cannot be reached, and not that something remains', async () => {
    const environment = { ...rehearsal.environment, HTTP_PROXY: 'http://127.0.0.1:1' };
    const { code, err } = await resultOfProgram(
      start({ ...rehearsal, environment }, ...NUMBERS, '--yes'),
    );
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(/^Looking for the Service .*: Twilio could not be reached: .*REFUSED/),
    ]);
    expect(err).not.toContain('by hand');
  });

  it('removes its Service when it is interrupted, even twice, and does not call', async () => {
    await rehearsal.exchanges();
    const child = start(rehearsal, ...NUMBERS, '--yes');
    const outcome = resultOfProgram(child);
    await waitForOutput(child, 'Asking a Function');
    child.kill('SIGINT');
    await once(child.stderr, 'data');
    child.kill('SIGINT');
    const { code, err } = await outcome;
    expect([code, err]).toEqual([1, 'Cleaning up …\nStopped by SIGINT.\n']);
    const used = (await rehearsal.exchanges()).map(({ target }) => target);
    expect(used.filter((target) => target.includes('/Deployments'))).toHaveLength(1);
    expect(used.filter((target) => target.includes('/Calls'))).toEqual([]);
    expect(await rehearsal.services()).toBe(0);
  });
});
