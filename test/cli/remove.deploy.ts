import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type StagedProject, stageProject } from '../../sandbox/rehearsal/staged-project';
import { startRehearsal, type TestRehearsal } from '../helpers/sandbox/start-rehearsal';

const DOMAIN = 'rehearsal-1234-dev.twil.io';

let rehearsal: TestRehearsal;
let project: StagedProject;
beforeAll(async () => {
  rehearsal = await startRehearsal();
  project = stageProject(rehearsal);
});
afterAll(() => rehearsal.stop());

describe('npm run remove, after the toolkit’s deploy and a sync', () => {
  it('leaves nothing of the project in the account, so that it can be deployed again', async () => {
    await project.twilioRun('deploy');
    await project.run('sync');
    await project.run('number', '--phone', '+815012345678');
    expect(await rehearsal.ring({ digits: ['1', '9'] })).toMatchObject({
      summary: { ended: 'Hangup' },
    });

    const output = await project.run('remove', '--yes');
    expect(output).toContain(`${DOMAIN} is removed.\n`);
    expect(output).toContain('The Service twilio-s3-play is removed.\n');
    expect(await rehearsal.services()).toBe(0);
    expect(await project.run('number')).toMatch(/\+815012345678 +—/);
    const noted = readFileSync(join(project.directory, '.twiliodeployinfo'), 'utf8');
    expect(JSON.parse(noted)).toEqual({});

    await project.twilioRun('deploy');
    expect(await rehearsal.live()).toBeDefined();
  });
});
