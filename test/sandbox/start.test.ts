import { exec } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sync } from '../../cli/sync';
import { loadVariables } from '../../cli/variables';
import { start } from '../../sandbox/main';
import { type S3Server, startS3 } from '../../sandbox/s3';
import { type SampleBucket, startSampleBucket } from '../../sandbox/sample-bucket';
import { runVerb } from '../helpers/cli/commands';
import {
  type Program,
  resultOfProgram,
  startProgram,
  startProgramAtTerminal,
  waitForOutput,
} from '../helpers/program';
import { TestPage } from '../helpers/sandbox/test-page';

/** What `npm start` runs, without npm around it. */
const npmStart = (...args: string[]) => startProgram('sandbox/main.ts', args, { PORT: '0' });
const npmStartAtTerminal = (...args: string[]) =>
  startProgramAtTerminal('sandbox/main.ts', args, { PORT: '0' });

/** The rows of the last request inspector. */
const rows = (output: string) =>
  [
    ...output
      .slice(output.lastIndexOf('The request inspector'))
      .matchAll(/^ +\d +(.+?) {2,}(.+?) {2,}(\S.+?) *$/gm),
  ].map((row) => row.slice(1));

const EXPECTED_ROWS = [
  ['Play', 'presigned URL', '200'],
  ['Gather › Play', 'presigned URL + 27 parameters', '403 SignatureDoesNotMatch'],
  ['Gather › Play', 'Asset + 27 parameters', '200'],
  ['Gather › Play', 'proxy + 27 parameters', '200'],
];

/** What the screen says behind these words, up to the next blank. */
function read(output: string, words: string): string {
  const [, value = ''] = new RegExp(`${words} +(\\S+)`).exec(output) ?? [];
  return value;
}

const status = async (url: string) => (await fetch(url)).status;

/** Presses a key, and waits for the words that it leads to. */
async function press(program: Program, key: string, words: string): Promise<string> {
  const said = waitForOutput(program, words);
  program.stdin?.write(key);
  return said;
}

/** Waits for the end of a program; nothing of it is left. */
async function expectCleanEnd(
  { pid }: Program,
  exited: Promise<unknown[]>,
  output: string,
): Promise<void> {
  expect(await exited).toEqual([0, null]);
  await expect(fetch(read(output, 'is answered at'))).rejects.toThrow();
  expect(existsSync(join('.sandbox', String(pid)))).toBe(false);
}

const shell = async (line: string) => (await promisify(exec)(line)).stdout;

describe('npm start', () => {
  it('shows the bug and the fix, and with --once exits with 0', async () => {
    const { code, out, err } = await resultOfProgram(npmStart('--once'));
    expect(rows(out)).toEqual(EXPECTED_ROWS);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(
      /^ +\d +Gather +pressed 1\n +\d +Play +Asset prompts\/hours\.mp3 +200 +mpeg +6\.5/m,
    );
  });

  it('says what to try by hand, all of it works, and two Ctrl-C end it and leave nothing behind', async () => {
    const abandoned = join('.sandbox', 'rehearsal-4194305');
    mkdirSync(abandoned, { recursive: true });
    const child = npmStart();
    const output = await waitForOutput(child, 'Stop with Ctrl-C.');
    expect(output).not.toContain('Keys:');
    const opened = /^Open (\S+) in a browser: a phone, and each request of a call\.$/m.exec(output);
    expect((await fetch(opened?.[1] ?? '')).headers.get('content-type')).toMatch('text/html');
    const [appendUrls, replace] = [...output.matchAll(/^ {2}sh (\S+)(.*)$/gm)];
    expect(await shell(`sh ${appendUrls?.[1]}`)).toBe(
      [
        '200  presigned URL',
        '403  presigned URL + CallSid=CA1',
        '200  Asset',
        '200  Asset + CallSid=CA1',
        '200  proxy',
        '200  proxy + CallSid=CA1\n',
      ].join('\n'),
    );
    const delivered = waitForOutput(child, 'the next call hears the change');
    expect(await shell(`sh ${replace?.[1]}${replace?.[2]}`)).toBe(
      'Uploaded sandbox/prompts/goodbye.mp3 as prompts/menu.mp3\n',
    );
    expect(await delivered).toContain('S3 sent 1 event, /sync answered 200');
    const file = read(output, 'Variables for commands');
    const { out: synced } = await runVerb(sync, ['--env', file]);
    expect(synced).toContain('Assets equal S3: 8 prompts, 0 uploaded');
    const lines = output.split('\n');
    expect(lines.filter((line) => line.trimEnd().length > 80)).toEqual([]);
    expect(lines.findIndex((line) => line.startsWith('A call to the number'))).toBeGreaterThan(
      lines.findIndex((line) => line.includes('npm run call -- --env')),
    );
    const voice = read(output, 'is answered at');
    expect((await fetch(voice, { method: 'POST' })).status).toBe(403);

    const exited = once(child, 'exit');
    child.kill('SIGINT');
    child.kill('SIGINT');
    await expectCleanEnd(child, exited, output);
    await expect(fetch(read(output, 'prompts are at'))).rejects.toThrow();
    expect(existsSync(abandoned)).toBe(false);
  });

  it('stops and starts S3 by a key or on the phone page, and calls go on in between', async () => {
    const child = npmStartAtTerminal();
    const output = await waitForOutput(child, 'Keys:');
    const prompts = read(output, 'prompts are at');
    await press(child, 's', 'S3 is stopped');
    await expect(fetch(prompts)).rejects.toThrow();
    const stopped = await press(child, 'c', 'The Asset does not need it');
    expect(stopped).toMatch(/Play +Asset prompts\/hours\.mp3 +200/);
    expect(rows(stopped)).toEqual([
      ['Play', 'presigned URL', 'no answer'],
      ['Gather › Play', 'presigned URL + 27 parameters', 'no answer'],
      ['Gather › Play', 'Asset + 27 parameters', '200'],
      ['Gather › Play', 'proxy + 27 parameters', '200'],
    ]);
    const origin = new URL(read(output, 'is answered at')).origin;
    const page = new TestPage(origin);
    expect(await page.state()).toMatchObject({ s3Stopped: true });
    const started = waitForOutput(child, 'S3 is started again');
    await page.post('/phone/switches', { s3Stopped: false });
    await started;
    expect(await status(prompts)).toBe(403);
    await press(child, 's', 'S3 is stopped');
    await press(child, 's', 'S3 is started again');
    expect(await page.state()).toMatchObject({ s3Stopped: false });
    expect(rows(await press(child, 'c', 'Row 2 is the bug'))).toEqual(EXPECTED_ROWS);

    const exited = once(child, 'exit');
    child.kill('SIGHUP');
    await expectCleanEnd(child, exited, output);
  });

  it('ends on a signal while it starts', async () => {
    const child = npmStart();
    await waitForOutput(child, 'Starting S3');
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
    expect(existsSync(join('.sandbox', String(child.pid)))).toBe(false);
  });

  it('says that its port is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { code, err } = await runVerb(start, [], { environment: { PORT: String(port) } });
    server.close();
    expect(code).toBe(1);
    expect(err).toMatch(
      new RegExp(`^Port ${port} is taken. Choose another: PORT=\\d+ npm start\n$`),
    );
  });

  it('names PORT in its help', async () => {
    expect((await runVerb(start, ['--help'])).out).toContain('PORT=3001 npm start');
  });

  it('says what PORT must be', async () => {
    const { code, err } = await runVerb(start, [], { environment: { PORT: 'http' } });
    expect([code, err]).toEqual([2, 'PORT must be a number from 0 to 65535, not "http".\n']);
  });
});

describe("npm start -- --prompts, with a user's own recordings", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'own-prompts-'));
    mkdirSync(join(folder, 'menus'));
    const copy = (sample: string, name: string) =>
      copyFileSync(join('sandbox', 'prompts', sample), join(folder, name));
    copy('directions.mp3', 'welcome.mp3');
    copy('goodbye.mp3', 'menus/our greeting.mp3');
    writeFileSync(join(folder, 'notes.txt'), 'no recording');
    writeFileSync(join(folder, '.hidden'), 'not uploaded');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('plays each of them, and those with the name of a sample in its place', async () => {
    const { code, out } = await resultOfProgram(npmStart('--once', '--prompts', folder));
    const [, recordings = '', call = ''] =
      /^Your recordings(.*)^A call to the number(.*)^The request inspector/ms.exec(out) ?? [];
    const cells = (table: string) => table.split('\n').map((line) => line.trim().split(/ {2,}/));
    expect(cells(recordings).slice(2, 6)).toEqual([
      ['served by', 'status', 'seconds', 'in the flow', 'prompt'],
      ['Asset', '200', '2.7', 'no', 'prompts/menus/our greeting.mp3'],
      ['said', 'no', 'prompts/notes.txt'],
      ['Asset', '200', '5.8', 'yes', 'prompts/welcome.mp3'],
    ]);
    expect(recordings).toContain('start again: "key": "prompts/menus/our greeting.mp3"');
    expect(call).toMatch(/Play +Asset prompts\/welcome\.mp3 +200 +mpeg +5\.8 /);
    expect(out).not.toContain('hidden');
    expect(rows(out).slice(-4)).toEqual(EXPECTED_ROWS);
    expect(code).toBe(0);
  });

  it.each([
    [['--prompts', 'no-such-folder'], 'There is no folder no-such-folder.'],
    [['--prompts', 'README.md'], 'There is no folder README.md.'],
    [['--prompts', 'sandbox', '--env', '.env'], 'Give --prompts or --env'],
  ])('refuses %j before anything starts', async (args, message) => {
    const { code, out, err } = await runVerb(start, args);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(message);
  });
});

describe("npm start -- --env, with a user's own bucket", () => {
  let folder: string;
  let own: S3Server;
  let sample: SampleBucket;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'own-bucket-'));
    sample = await startSampleBucket();
    own = await startS3({ buckets: ['audio', 'empty'], region: 'eu-west-1' });
    const welcome = sample.s3.store.get('phone-prompts', 'prompts/welcome.mp3')?.body;
    const headers = { 'content-type': 'audio/mpeg' };
    own.store.put('audio', 'notes.txt', Buffer.from('no recording'));
    own.store.put('audio', 'our greeting.mp3', welcome ?? Buffer.alloc(0), { headers });
  });
  afterAll(async () => {
    await Promise.all([own.stop(), sample.s3.stop()]);
    rmSync(folder, { recursive: true });
  });

  /** A file as a person writes it; `undefined` leaves a variable out. */
  function envFile(changes: Readonly<Record<string, string | undefined>> = {}): string {
    const variables = {
      S3_BUCKET: 'audio',
      S3_REGION: own.region,
      S3_ENDPOINT: own.endpoint,
      S3_ACCESS_KEY_ID: own.credentials.accessKeyId,
      S3_SECRET_ACCESS_KEY: own.credentials.secretAccessKey,
      AUTH_TOKEN: 'the token of the real account',
      ADMIN_SECRET: '',
      SYNC_EXCLUDE: "*.txt, it's new.mp3",
      ...changes,
    };
    const file = join(folder, 'own.env');
    const lines = Object.entries(variables)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `${name}="${value}"\r\n`);
    writeFileSync(file, lines.join(''));
    return file;
  }

  it('inspects a prompt of that bucket, says what the call flow lacks, and starts no S3', async () => {
    const child = npmStartAtTerminal('--env', envFile());
    const output = await waitForOutput(child, 'Keys:');
    expect(output).toContain('The bucket has no prompts/welcome.mp3, which the call flow names in');
    expect(output).toContain('Synced: 1 prompts of the bucket are Assets now.');
    expect(output).toMatch(
      /Say +Welcome to Harbour Clinic\..*\n +in place of prompts\/welcome\.mp3/,
    );
    expect(rows(output)).toEqual(EXPECTED_ROWS);
    const script = read(output, '  sh');
    expect(readFileSync(script, 'utf8')).toContain(`'${own.endpoint}/audio/our%20greeting.mp3?`);
    expect(read(output, 'prompts are at')).toBe('s3://audio/');
    expect(output).not.toMatch(/replace\.sh|the real account|\bs stops/);
    const variables = loadVariables(read(output, 'Variables for commands'), {});
    expect(variables).toMatchObject({ S3_BUCKET: 'audio', SYNC_EXCLUDE: "*.txt, it's new.mp3" });
    expect(variables.AUTH_TOKEN).not.toBe('the token of the real account');

    expect(rows(await press(child, 'c', 'Row 2 is the bug'))).toEqual(EXPECTED_ROWS);
    const exited = once(child, 'exit');
    child.stdin?.write('q');
    await expectCleanEnd(child, exited, output);
    expect(own.store.get('audio', 'our greeting.mp3')).toBeDefined();
  });

  it.each<[string, Record<string, string | undefined>, number, string]>([
    ['a missing bucket', { S3_BUCKET: undefined }, 2, 'S3_BUCKET'],
    ['a key without its secret', { S3_SECRET_ACCESS_KEY: '' }, 2, 'S3_SECRET_ACCESS_KEY'],
    ['another region', { S3_REGION: 'us-east-1' }, 1, 'S3_REGION'],
    ['a wrong secret', { S3_SECRET_ACCESS_KEY: 'wrong' }, 1, 'SignatureDoesNotMatch'],
    ['a bucket that is not there', { S3_BUCKET: 'elsewhere' }, 1, 'S3_BUCKET'],
  ])('names what is wrong before anything starts: %s', async (_, changes, exitCode, words) => {
    const { code, out, err } = await runVerb(start, ['--env', envFile(changes)]);
    expect(code).toBe(exitCode);
    expect(err).toContain(words);
    expect(err).not.toContain(own.credentials.secretAccessKey);
    expect(out).not.toContain('Starting');
  });

  it('with --once fails where the bucket lacks a prompt of the call flow', async () => {
    const { code, out } = await resultOfProgram(npmStart('--once', '--env', envFile()));
    expect(out).toContain('Row 2 is the bug');
    expect(code).toBe(1);
  });

  it('says that there is no such file', async () => {
    const { code, err } = await runVerb(start, ['--env', join(folder, 'missing')]);
    expect(code).toBe(2);
    expect(err).toContain(`There is no file ${join(folder, 'missing')}`);
  });
});
