import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as v from 'valibot';
import { runProgram } from '../../sandbox/rehearsal/staged-project';
import { readPage, section } from '../helpers/docs/markdown';
import { resultOfProgram, startProgram } from '../helpers/program';
import { s3ClientOf } from '../helpers/sandbox/s3-client';
import { startRehearsal, type TestRehearsal } from '../helpers/sandbox/start-rehearsal';

const SERVICE = 'reception';
const ORIGIN = 'https://rehearsal-1234-dev.twil.io';

let rehearsal: TestRehearsal;
let folder: string;
beforeAll(async () => {
  rehearsal = await startRehearsal();
  folder = join(rehearsal.directory, SERVICE);
  writeProject();
  const toolkit = require.resolve('twilio-run/bin/twilio-run.js');
  const { environment } = rehearsal;
  await runProgram('twilio-run', [toolkit, 'deploy'], { cwd: folder, environment });
});
afterAll(() => rehearsal.stop());

function write(file: string, content: string): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), content);
}

const answering = (text: string) =>
  `exports.handler = (context, event, callback) => callback(null, ${JSON.stringify(text)});`;

/** A project of somebody else's, with the parts of ours that the README's steps name. */
function writeProject(): void {
  const text = section(readPage('README.md'), '## In Functions of your own');
  const [, example = ''] = /^```js\n(.*?)^```$/ms.exec(text) ?? [];
  const { accountSid: ACCOUNT_SID, authToken: AUTH_TOKEN, variables } = rehearsal;
  const dependencies = { '@twilio/runtime-handler': '2.0.1', lodash: '4.17.21' };
  write('package.json', JSON.stringify({ name: SERVICE, version: '1.0.0', dependencies }));
  write('.twilioserverlessrc', '{ "runtime": "node24" }');
  const env = { ...variables, ACCOUNT_SID, AUTH_TOKEN, GREETING: 'mine', SYNC_QUIET_SECONDS: '0' };
  const lines = Object.entries(env).map(([name, value]) => `${name}=${value}\n`);
  write('.env', lines.join(''));
  write('functions/ask.js', example);
  write('functions/hello.js', answering('Hello.'));
  write('functions/staff.protected.js', answering('For the staff.'));
  write('functions/helper.private.js', 'module.exports = 1;');
  write('assets/logo.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>');
  write('assets/terms.protected.txt', 'Terms.');
  write('assets/data.private.json', '{}');
  // At a path that begins like those of the sync.
  write('assets/audio/jingle.mp3', 'ID3 jingle');
  const built = '.twilioserverless';
  cpSync(join(built, 'lib', 'prompt-url.js'), join(folder, 'assets', 'prompt-url.private.js'));
  for (const name of ['audio.js', 'crc.private.js']) {
    cpSync(join(built, 'functions', name), join(folder, 'functions', name));
  }
}

const version = v.pipe(
  v.object({ sid: v.string(), path: v.string(), visibility: v.string() }),
  v.transform(({ sid, path, visibility }) => `${path} ${visibility} ${sid}`),
);
const buildSchema = v.object({
  function_versions: v.array(version),
  asset_versions: v.array(version),
  dependencies: v.array(v.unknown()),
  runtime: v.string(),
});

/** The live Build, as Twilio's API has it. */
async function liveBuild() {
  const live = await rehearsal.live();
  const { accountSid, authToken } = rehearsal;
  const basic = Buffer.from(`${accountSid}:${authToken}`).toString('base64');
  const { body } = await rehearsal.request({
    method: 'GET',
    url: `https://serverless.twilio.com/v1/Services/${SERVICE}/Builds/${live?.buildSid}`,
    headers: { authorization: `Basic ${basic}` },
  });
  const build = v.parse(buildSchema, JSON.parse(Buffer.from(body).toString()));
  return { ...build, variables: live?.variables };
}

/** What the domain answers to requests that Twilio did not sign. */
async function answers(): Promise<Record<string, string>> {
  const paths = ['/hello', '/staff', '/helper', '/logo.svg', '/terms.txt', '/data.json'];
  const found: Record<string, string> = {};
  for (const path of [...paths, '/audio/jingle.mp3']) {
    const url = ORIGIN + path;
    const { status, headers, body } = await rehearsal.request({ method: 'GET', url, headers: {} });
    found[path] = `${status} ${headers['content-type']} ${Buffer.from(body)}`;
  }
  return found;
}

/** The README's step 4, in this project. */
const sync = () =>
  resultOfProgram(
    startProgram(
      'cli/sync.ts',
      ['--service', SERVICE, '--env', join(folder, '.env')],
      rehearsal.environment,
    ),
  );

/** Where a caller of their Function gets the prompt, and its bytes. */
async function heard(): Promise<{ path: string; body: Buffer }> {
  const { body: twiml } = await rehearsal.request({
    method: 'GET',
    url: `${ORIGIN}/ask`,
    headers: {},
  });
  const [, url = ''] = /<Play>(.*?)<\/Play>/.exec(Buffer.from(twiml).toString()) ?? [];
  const { body } = await rehearsal.request({
    method: 'GET',
    url: url.replaceAll('&amp;', '&'),
    headers: {},
  });
  return { path: new URL(url).pathname, body: Buffer.from(body) };
}

const prompt = readFileSync(join('sandbox', 'prompts', 'menu.mp3'));

async function replacePrompt(content: Buffer): Promise<void> {
  const s3 = s3ClientOf(rehearsal.variables);
  const { S3_BUCKET: Bucket } = rehearsal.variables;
  await s3.send(new PutObjectCommand({ Bucket, Key: 'prompts/menu.mp3', Body: content }));
  s3.destroy();
}

describe('a Service that is not ours, with playback in a Function of its own', () => {
  it('plays through the proxy, then from Assets, and keeps all that it has', async () => {
    const before = await liveBuild();
    const answered = await answers();
    expect(before.runtime).toBe('node24');
    expect(answered).toMatchObject({
      '/hello': '200 text/plain; charset=utf-8 Hello.',
      '/staff': expect.stringMatching(/^403 /),
      '/helper': expect.stringMatching(/^404 /),
      '/terms.txt': expect.stringMatching(/^403 /),
      '/audio/jingle.mp3': '200 audio/mpeg ID3 jingle',
    });
    expect(await heard()).toEqual({ path: '/audio', body: prompt });

    const replaced = Buffer.concat([prompt, Buffer.from('again')]);
    for (const content of [prompt, replaced]) {
      await replacePrompt(content);
      expect(await sync()).toMatchObject({ code: 0, err: '' });
      const after = await liveBuild();
      expect(after).toMatchObject({
        dependencies: before.dependencies,
        runtime: before.runtime,
        variables: before.variables,
      });
      expect(after.function_versions).toEqual(expect.arrayContaining(before.function_versions));
      expect(after.asset_versions).toEqual(expect.arrayContaining(before.asset_versions));
      const added = after.function_versions.filter((it) => !before.function_versions.includes(it));
      expect(added).toEqual([expect.stringMatching(/^\/audio-manifest\/\S+ private /)]);
      expect(await answers()).toEqual(answered);
      const { path, body } = await heard();
      expect(path).toMatch(/^\/audio\/.+\.mp3$/);
      expect(body.equals(content)).toBe(true);
    }
  });
});
