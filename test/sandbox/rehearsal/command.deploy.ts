import { exec } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { startProgram, waitForOutput } from '../../helpers/program';

/** What `npm run sandbox:deploy` runs, without npm around it. */
const start = (...args: string[]) => startProgram('sandbox/rehearsal/main.ts', args);

describe('npm run sandbox:deploy', () => {
  it('shows its calls through a proxy, what protected Assets mean, and commands that work', async () => {
    const child = start('--protected', '--through-proxy', '--quiet', '--stay');
    const out = await waitForOutput(child, 'until the next sync.');
    expect(out.match(/^\d\/4 .*/gm)).toEqual([
      '1/4 twilio-run deploy',
      '2/4 npm run sync',
      '3/4 twilio-run deploy',
      '4/4 npm run sync',
    ]);
    const [, shared = ''] = /^( {2}cd .*\n {2}export .*\n)/m.exec(out) ?? [];
    const typed = async (command: string) => {
      const [line = ''] = new RegExp(`^ {2}${command}.*`, 'm').exec(out) ?? [];
      return (await promisify(exec)(shared + line, { env: { PATH: process.env.PATH } })).stdout;
    };
    expect(await typed('npm run sync')).toContain('Assets equal S3: 8 prompts, 0 uploaded.');
    expect(await typed('npm run call')).toMatch(/Play +Asset prompts\/hours\.mp3 +200/);
    expect(await typed('npx twilio-run list')).toContain('twilio-s3-play');
    const exited = once(child, 'exit');
    child.kill('SIGINT');
    expect(await exited).toEqual([0, null]);
    const built = readdirSync('.twilioserverless/assets', { recursive: true, withFileTypes: true });
    const assets = `${built.filter((entry) => entry.isFile()).length}`;
    const rows = out.split('\n').map((line) => line.trim().split(/ {2,}/));
    expect(rows).toEqual(
      expect.arrayContaining([
        ['1', 'deploy', assets, '0', expect.stringMatching(/^\d+ × proxy\b/), '200'],
        ['2', 'sync', '8', '8', expect.stringMatching(/^\d+ × Asset\b/), '200'],
        ['3', 'deploy', assets, '0', expect.stringMatching(/^\d+ × proxy\b/), '200'],
        ['4', 'sync', '0', '8', expect.stringMatching(/^\d+ × Asset\b/), '200'],
        ['1', 'Gather › Play', 'Asset + 27 parameters + signature', '200'],
        ['2', 'Gather › Play', 'Asset + 27 parameters', '403'],
      ]),
    );
  }, 120_000);

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'ends at %s, even when it comes twice, with everything that it started',
    async (signal) => {
      const child = start('--quiet');
      const [first] = await once(child.stdout, 'data');
      expect(String(first)).toContain('Starting');
      child.kill(signal);
      child.kill(signal);
      expect((await once(child, 'close'))[0]).toBe(1);
      expect(existsSync(join('.sandbox', `rehearsal-${child.pid}`))).toBe(false);
    },
  );
});
