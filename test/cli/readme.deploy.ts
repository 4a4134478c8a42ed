import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { copyProject, type ProjectCopy } from '../../sandbox/rehearsal/project-copy';
import { blocks, readPage, section } from '../helpers/docs/markdown';
import { loadConsole, SERVED_CONSOLE } from '../helpers/sandbox/console-answers';
import { startRehearsal, type TestRehearsal } from '../helpers/sandbox/start-rehearsal';

const PHONE = '+815012345678';

/** The lines of the README's first way from nothing to a number that is answered, and what follows. */
const text = section(readPage('README.md'), '## Deploy');
const scripts = blocks(text).flatMap(({ language, text }) => (language === 'sh' ? [text] : []));

/** Begins with what the reader has typed when the variables are to be filled in. */
const FILL_IN = /^cp \.env\.example \.env\b.*\n/m;

/** Its packages are those of this project: to install them again would take longer than all else. */
const INSTALL = /^npm ci\n/m;

/** What a reader writes for the placeholders of the README. */
interface ReaderValues {
  /** E.164. */
  readonly phone: string;
  readonly domain: string;
}

/**
 * Fills in the placeholders as a reader does.
 *
 * @throws {Error} for a placeholder that stands for something else
 */
function fillPlaceholders(commands: string, { phone, domain }: ReaderValues): string {
  const filled = commands
    .replace(/\+\d*…/g, phone)
    .replace(/<[^<>\n]*\bdomain\b[^<>\n]*>/g, domain);
  const [unknown] = /<[^<>\n]+>|\S*…\S*/.exec(filled) ?? [];
  if (unknown === undefined) return filled;
  throw new Error(
    `README.md has a placeholder that is neither a number (+81…) nor a domain (<your domain>): ${unknown}`,
  );
}

// Each script goes on from the one before.
describe("the README's way to a number that is answered", () => {
  let rehearsal: TestRehearsal;
  let project: ProjectCopy;
  let written = '';
  beforeAll(async () => {
    rehearsal = await startRehearsal();
    project = copyProject(rehearsal);
  });
  afterAll(() => rehearsal.stop());

  async function type(commands: string): Promise<void> {
    const [, domain = ''] = /https:\/\/([\w.-]+\.twil\.io)/.exec(written) ?? [];
    written += await project.shell(fillPlaceholders(commands, { phone: PHONE, domain }));
  }

  it('begins with an installation, and variables to fill in', () => {
    expect(scripts[0]).toMatch(INSTALL);
    expect(scripts[0]).toMatch(FILL_IN);
  });

  it.each(scripts)(
    '%s',
    async (script) => {
      const commands = script.replace(INSTALL, '');
      const [copy] = FILL_IN.exec(commands) ?? [];
      if (copy !== undefined) {
        await type(copy);
        project.fillIn();
      }
      await type(commands.replace(FILL_IN, ''));
    },
    120_000,
  );

  it('has the deployment sync itself', () => {
    expect(written).toContain('{"prompts":8,"uploaded":0,"remaining":0,');
  });

  it('has the console, built of the clone', async () => {
    const answers = await loadConsole(rehearsal, 'https://rehearsal-1234-dev.twil.io');
    expect(answers).toEqual(SERVED_CONSOLE);
  });

  it('ends with a call that hears every prompt from an Asset', async () => {
    const { events, summary } = await rehearsal.ring({ digits: ['1', '9'] });
    expect(summary).toMatchObject({ ended: 'Hangup', errorCodes: [] });
    const media = events.filter((event) => event.kind === 'media');
    expect(media.length).toBeGreaterThan(5);
    for (const { url } of media) expect(new URL(url).pathname).toMatch(/^\/audio\//);
  });

  it('can be gone back', async () => {
    expect(text).toContain('`npm run remove`');
    // The answer to its question.
    await type('npm run remove -- --yes');
    expect(await rehearsal.services()).toBe(0);
    expect(written).toContain(`${PHONE} has its URLs no more.`);
  });
});
