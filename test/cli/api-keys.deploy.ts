import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type StagedProject, stageProject } from '../../sandbox/rehearsal/staged-project';
import { startRehearsal, type TestRehearsal } from '../helpers/sandbox/start-rehearsal';

let rehearsal: TestRehearsal;
let project: StagedProject;
beforeAll(async () => {
  rehearsal = await startRehearsal();
  project = stageProject(rehearsal);
  const { accountSid, apiKey, variables } = rehearsal;
  const account = {
    ACCOUNT_SID: accountSid,
    AUTH_TOKEN: '',
    API_KEY: apiKey.username,
    API_SECRET: apiKey.password,
  };
  const all = Object.entries({ ...variables, ...account, SYNC_QUIET_SECONDS: '0' });
  const lines = all.map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(join(project.directory, '.env'), lines.join(''));
});
afterAll(() => rehearsal.stop());

// Each test goes on where the one before it ended.
describe('with an API key in place of the auth token', () => {
  it('the real toolkit deploys, and gets no key as a variable', async () => {
    const output = await project.run('deploy', '--phone', '+815012345678', '--yes');
    expect(output).toContain('https://rehearsal-1234-dev.twil.io answers now.');
    const { apiKey } = rehearsal;
    expect(output).not.toContain(apiKey.password);
    const variables = (await rehearsal.live())?.variables ?? {};
    expect(variables).toMatchObject({ S3_BUCKET: rehearsal.variables.S3_BUCKET });
    expect(Object.keys(variables).filter((name) => /API|ACCOUNT|AUTH/.test(name))).toEqual([]);
    expect(await rehearsal.ring({ digits: ['1', '9'] })).toMatchObject({
      summary: { ended: 'Hangup' },
    });
  });

  it('a second deploy finds the Service of the first', async () => {
    await project.run('deploy');
    expect(await rehearsal.services()).toBe(1);
  });

  it.each([
    ['sync', [], 'Assets equal S3'],
    ['configure', [], 'Nothing to do'],
    ['number', [], 'https://rehearsal-1234-dev.twil.io/voice'],
    ['status', [], 'rehearsal-1234-dev.twil.io'],
    ['doctor', [], 'by an API key'],
    ['rollback', ['--yes'], 'live'],
  ])('%s works', async (verb, args, words) => {
    expect(await project.run(verb, ...args)).toContain(words);
  });

  it('remove takes all away', async () => {
    await project.run('remove', '--yes');
    expect(await rehearsal.services()).toBe(0);
  });
});
