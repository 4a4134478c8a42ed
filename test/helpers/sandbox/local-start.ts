import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { call } from '../../../phone';
import { makeDirectory } from '../../../sandbox/directory';
import { listen } from '../../../sandbox/listen';
import { promptFolder } from '../../../sandbox/prompts';
import { linkProject } from '../../../sandbox/rehearsal/staged-project';
import { type SampleBucket, startSampleBucket } from '../../../sandbox/sample-bucket';
import { walk } from '../phone/server';

const account = { ACCOUNT_SID: `AC${'0'.repeat(32)}`, AUTH_TOKEN: 'a token for tests' };

/**
 * Tests of a program that serves the built project on this machine.
 *
 * @param title the command that starts it
 * @param args the program's file and its arguments, without the port
 * @param environment variables beside PATH
 */
export function describeLocalStart(
  title: string,
  args: readonly string[],
  environment: (directory: string) => Readonly<Record<string, string>>,
): void {
  describe(title, () => {
    let directory: string;
    let bucket: SampleBucket;
    let server: ChildProcess;
    let origin: string;

    beforeAll(async () => {
      directory = makeDirectory('twilio-run-');
      bucket = await startSampleBucket();
      const variables = { ...bucket.variables, ...account };
      const cwd = linkProject(join(__dirname, '..', '..', '..'), directory, variables);
      const free = await listen((_, response) => response.end());
      await free.close();
      origin = `http://localhost:${free.port}`;
      server = spawn(process.execPath, [...args, '--port', String(free.port)], {
        cwd,
        env: { PATH: process.env.PATH, ...environment(directory) },
        stdio: 'ignore',
      });
      while (!(await answers())) await setTimeout(100);
    });

    afterAll(async () => {
      const exited = once(server, 'exit');
      server.kill();
      await exited;
      await bucket.s3.stop();
      rmSync(directory, { recursive: true });
    });

    async function answers(): Promise<boolean> {
      if (server.exitCode !== null) throw new Error(`${title} ended with ${server.exitCode}`);
      return fetch(origin).then(
        () => true,
        () => false,
      );
    }

    it('serves the Functions, so that a call plays its prompts through the proxy, byte for byte', async () => {
      const { ACCOUNT_SID: accountSid, AUTH_TOKEN: authToken } = account;
      const numbers = { from: '+819012345678', to: '+815012345678' };
      const voiceUrl = `${origin}/voice`;
      const { events: steps } = await walk(
        call({ ...numbers, voiceUrl, accountSid, authToken, append: 'always', digits: ['1'] }),
      );
      const media = steps.filter((step) => step.kind === 'media');
      expect(media.map(({ status, contentType }) => `${status} ${contentType}`)).toEqual(
        media.map(() => '200 audio/mpeg'),
      );
      const [welcome] = media;
      expect(welcome?.url).toMatch(`${origin}/audio?key=prompts%2Fwelcome.mp3&`);
      expect(welcome?.body?.equals(readFileSync(join(promptFolder, 'welcome.mp3')))).toBe(true);
    });

    it('serves the console', async () => {
      const page = await fetch(`${origin}/index.html`);
      expect(page.headers.get('content-type')).toMatch(/^text\/html/);
      const [, script = ''] = /src="([^"]+)"/.exec(await page.text()) ?? [];
      const { status, headers } = await fetch(origin + script);
      expect(`${status} ${headers.get('content-type')}`).toMatch(/^200 \w+\/javascript/);
    });

    it('refuses a request for a prompt without a signature', async () => {
      const { status } = await fetch(`${origin}/audio?key=prompts%2Fwelcome.mp3`);
      expect(status).toBe(403);
    });
  });
}
