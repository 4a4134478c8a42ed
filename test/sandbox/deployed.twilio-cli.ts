import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { servedBy } from '../../sandbox/inspector';
import { copyProject } from '../../sandbox/rehearsal/project-copy';
import {
  runProgram,
  type StagedProject,
  stageProject,
} from '../../sandbox/rehearsal/staged-project';
import { readPage, section } from '../helpers/docs/markdown';
import { loadConsole, SERVED_CONSOLE } from '../helpers/sandbox/console-answers';
import { describeLocalStart } from '../helpers/sandbox/local-start';
import { startRehearsal, type TestRehearsal } from '../helpers/sandbox/start-rehearsal';

const COMMANDS = join(process.cwd(), '.sandbox/twilio-cli/node_modules/.bin');
const CLI = join(COMMANDS, '../twilio-cli/bin/run');
if (!existsSync(CLI)) throw new Error(`${CLI} is missing: run scripts/twilio-cli.sh`);

// The tests tell one story, in order.
describe('twilio serverless:deploy, as its users run it', () => {
  let rehearsal: TestRehearsal;
  let project: StagedProject;
  beforeAll(async () => {
    rehearsal = await startRehearsal();
    project = stageProject(rehearsal);
  });
  afterAll(() => rehearsal.stop());

  /** Runs the CLI with this account, and a home where no profile is. */
  const twilio = (...args: string[]) =>
    runProgram('twilio', [CLI, ...args], {
      cwd: project.directory,
      environment: {
        ...rehearsal.environment,
        HOME: rehearsal.directory,
        TWILIO_ACCOUNT_SID: rehearsal.accountSid,
        TWILIO_AUTH_TOKEN: rehearsal.authToken,
      },
    });

  /** What serves a caller's prompts, and with which status; the caller presses 1, then 9. */
  async function served(): Promise<string[]> {
    const { events } = await rehearsal.call({ digits: ['1', '9'] });
    const media = events.filter((event) => event.kind === 'media');
    expect(media.length).toBeGreaterThan(5);
    return [...new Set(media.map((event) => `${servedBy(event)} ${event.status}`))];
  }

  it('deploys the project, and calls play through the proxy', async () => {
    expect(await twilio('serverless:deploy')).toContain('Serverless project successfully deployed');
    expect(await served()).toEqual(['proxy 200']);
  });

  it('deploys the console', async () => {
    const origin = 'https://rehearsal-1234-dev.twil.io';
    expect(await loadConsole(rehearsal, origin)).toEqual(SERVED_CONSOLE);
  });

  it('is followed by a sync, and calls play Assets', async () => {
    expect(await project.run('sync')).toContain('8 prompts, 8 uploaded.');
    expect(await served()).toEqual(['Asset 200']);
  });

  it("deploys by the README's line, and a sync brings the Assets back", async () => {
    const environment = {
      ...rehearsal.environment,
      PATH: `${COMMANDS}:${process.env.PATH}`,
      TWILIO_ACCOUNT_SID: rehearsal.accountSid,
      TWILIO_AUTH_TOKEN: rehearsal.authToken,
    };
    const copy = copyProject({ ...rehearsal, environment });
    await copy.shell('cp .env.example .env');
    copy.fillIn();
    const [, line = ''] =
      /`([^`\n]*\btwilio serverless:deploy\b[^`\n]*)`/.exec(
        section(readPage('README.md'), '## Deploy'),
      ) ?? [];
    expect(await copy.shell(line)).toContain('Serverless project successfully deployed');
    await copy.shell('npm run sync');
    expect(await served()).toEqual(['Asset 200']);
  }, 120_000);

  it('deploys over the synced prompts, and calls go on', async () => {
    expect(await twilio('serverless:deploy')).toContain('Serverless project successfully deployed');
    expect(await served()).toEqual(['proxy 200']);
  });
});

describeLocalStart('twilio serverless:start', [CLI, 'serverless:start'], (HOME) => ({
  HOME,
  TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
  TWILIO_AUTH_TOKEN: 'a token for tests',
}));
