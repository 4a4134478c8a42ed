import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import stringWidth from 'string-width';
import { callCommand } from '../../cli/call';
import { type SendRequest, sendRequest } from '../../phone';
import { runVerb, writeVariables } from '../helpers/cli/commands';
import { resultOfProgram, startProgram } from '../helpers/program';
import { publishFlow } from '../helpers/sandbox/publish';
import { startSandbox, type TestSandbox } from '../helpers/sandbox/start-sandbox';

let sandbox: TestSandbox;
let folder: string;
let variables: ReturnType<typeof writeVariables>;
beforeAll(async () => {
  sandbox = await startSandbox();
  folder = mkdtempSync(join(tmpdir(), 'call-'));
  variables = writeVariables({ ...sandbox.variables });
});
afterAll(async () => {
  variables.remove();
  rmSync(folder, { recursive: true });
  await sandbox.stop();
});

const command = (...args: string[]) => commandOver(sendRequest, ...args);

const commandOver = (send: SendRequest, ...args: string[]) =>
  runVerb(callCommand(send), ['--env', variables.file, ...args]);

/** The rows of a table: cells without the blanks around them, and without milliseconds. */
const rows = (out: string): string[][] =>
  out
    .split('\n')
    .filter((line) => /^ +\d/.test(line))
    .map((line) =>
      line
        .trim()
        .split(/ {2,}/)
        .map((cell) => cell.replace(/^\d+$/, '#')),
    );

/** Answers requests of the audio proxy with this, and sends all others. */
const audioAnswers =
  (status: number, contentType: string, body: string): SendRequest =>
  async (request) =>
    new URL(request.url).pathname === '/audio'
      ? { status, headers: { 'content-type': contentType }, body: Buffer.from(body) }
      : sendRequest(request);

/** A deployment whose /voice answers with these verbs. */
const voiceAnswers =
  (verbs: string): SendRequest =>
  async () => ({
    status: 200,
    headers: { 'content-type': 'text/xml' },
    body: Buffer.from(`<Response>${verbs}</Response>`),
  });

// The deployment has not been synced: all prompts come through the proxy.
describe('npm run call', () => {
  it('shows a prompt that failed as silence, goes on, and names each key with what the proxy answered', async () => {
    const sentence = 'The audio could not be fetched.';
    const { code, out, err } = await commandOver(audioAnswers(502, 'text/plain', sentence));
    expect(code).toBe(1);
    expect(out).toMatch(
      /\n +2 +Play +proxy prompts\/welcome\.mp3 +502 .*\n +— silence — error 11200\n +3 +Gather › Play /,
    );
    expect(out).not.toContain('/fallback');
    expect(out).toContain('The caller heard silence in place of 5 prompts.');
    const failed = `11200: HTTP retrieval failure: "${sandbox.publicOrigin}/audio" answered 502: ${sentence}`;
    expect(err.split('\n')).toEqual([
      `prompts/welcome.mp3: Play: ${failed}`,
      `prompts/menu.mp3: Gather › Play: ${failed}`,
      `prompts/goodbye.mp3: Play: ${failed}`,
      'Why /audio refused them is in the log of the Functions: npx twilio-run logs',
      '',
    ]);
  });

  it('prints nothing of a body that is not a sentence of the proxy', async () => {
    const document = '<Error><Code>AccessDenied</Code><Message>secret words</Message></Error>';
    for (const send of [
      audioAnswers(403, 'application/xml', document),
      audioAnswers(403, 'text/plain', 'secret words '.repeat(100)),
    ]) {
      const { code, out, err } = await commandOver(send);
      expect([code, out.includes('— silence —')]).toEqual([1, true]);
      expect(out + err).not.toContain('secret words');
    }
  });

  it('exits with 0 when only what an option breaks is silent', async () => {
    const { code, out, err } = await command('--fail', 'audio');
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('The caller heard silence in place of 5 prompts.');
  });

  it('goes to the fallback URL after a failed medium with --on-failure fallback', async () => {
    const args = ['--fail', 'audio', '--append', 'always', '--on-failure', 'fallback'];
    const { code, out, err } = await command(...args);
    expect([code, err]).toEqual([0, '']);
    expect(
      rows(out)
        .slice(0, 5)
        .map((row) => row.slice(1, 4)),
    ).toEqual([
      ['voice', '/voice', '#'],
      ['Play', 'proxy prompts/welcome.mp3 +27', '#'],
      ['fallback', '/fallback', '#'],
      ['Say', 'Welcome to Harbour Clinic. Thank you for calling.'],
      // The level stays for the rest of the call: the next prompt is said at once.
      [
        'Gather › Say',
        'For opening hours, press 1. For directions, press 2. To hear what is new, press…',
      ],
    ]);
    expect(out).not.toContain('silence');
  });

  it.each([
    ['outside of S3_PREFIX', { S3_PREFIX: 'other/' }, 'it is outside of S3_PREFIX, other/'],
    ['by what only the log tells', {}, 'the log of the Functions says why (npx twilio-run logs)'],
  ])('fails when a text is said in place of its recording, %s', async (_, environment, reason) => {
    const verbs = '<Say>Welcome to Harbour Clinic. Thank you for calling.</Say><Say>Hello.</Say>';
    const args = ['--env', variables.file, '--url', 'http://localhost:1'];
    const { code, out, err } = await runVerb(callCommand(voiceAnswers(verbs)), args, {
      environment,
    });
    expect(code).toBe(1);
    expect(out).toMatch(/Say +Welcome to Harbour.*\n +in place of prompts\/welcome\.mp3\n/);
    expect(err).toBe(`prompts/welcome.mp3: its text was said: ${reason}.\n`);
  });

  it('begins at the path of another Function', async () => {
    const { code, out } = await command('--path', '/menu');
    expect(code).toBe(0);
    expect(rows(out)[0]?.slice(0, 3)).toEqual(['#', 'voice', '/menu']);
    const missing = await command('--path', '/farewell');
    expect(missing.code).toBe(1);
    expect(missing.err).toMatch(
      /\/farewell" answered 404\. The live Build has no such Function: deploy it, or give another --path\.$/m,
    );
  });

  it.each([80, 100])('fits a terminal of %i columns', async (width) => {
    const args = ['--env', variables.file, '--digits', '8,1,2', '--say', '--fail', 'audio'];
    const { out } = await runVerb(callCommand(), args, { width });
    for (const line of out.split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(width);
  });

  it('prints the text of every prompt with --say', async () => {
    const args = ['--env', variables.file, '--say', '--digits', '8,1'];
    const { out } = await runVerb(callCommand(), args, { width: 120 });
    const spoken = [...out.matchAll(/“(.*)”/g)].map(([, words]) => words);
    expect(spoken.slice(0, 4)).toEqual([
      'Welcome to Harbour Clinic. Thank you for calling.',
      'For opening hours, press 1. For directions, press 2. To hear what is new, press 3.',
      '営業時間は1を、伝言を残すには2を、英語のご案内に戻るには9を押してください。',
      '営業時間は、平日の午前9時から午後6時までです。土曜日は正午まで、日曜日はお休みです。',
    ]);
  });

  it('leaves a message', async () => {
    const { out } = await command('--digits', '8,2', '--message', '7');
    expect(out).toMatch(/Record +up to 120 s/);
    expect(out).toMatch(/Record action +\/menu at menus\.japanese\.digits\.2 +200/);
  });

  it('finishes a call with as many questions as the flow allows', async () => {
    const { code, out } = await command('--digits', Array(50).fill('1').join());
    expect(rows(out).length).toBeGreaterThan(200);
    expect(out).toContain('The call ended: Hangup.');
    expect(code).toBe(0);
  });

  it('prints the beginning of a call that leads back to itself, and fails', async () => {
    const round = voiceAnswers('<Say>Round.</Say><Redirect>/voice</Redirect>');
    const { code, out, err } = await commandOver(round, '--url', 'http://localhost:1');
    expect(code).toBe(1);
    expect(err).toMatch(/^The call was cut after \d+ steps: does its TwiML lead back to itself\?/);
    expect(rows(out).slice(0, 2)).toEqual([
      ['#', 'voice', '/voice', '#', 'xml', '#'],
      ['#', 'Say', 'Round.'],
    ]);
    expect(out).toMatch(/\n\n… and \d+ more steps\.\n$/);
  });

  it.each(['/nowhere/call.wav', tmpdir()])(
    'places no call if %s cannot be written',
    async (file) => {
      const send: SendRequest = () => Promise.reject(new Error('called'));
      const { code, err } = await commandOver(send, '--out', file);
      expect(err).toMatch(`Writing what is heard to ${file}: `);
      expect(code).toBe(2);
    },
  );

  it('names what it cannot decode and leaves silent in the recording', async () => {
    const voice = voiceAnswers('<Play>http://localhost:1/bye.gsm</Play>');
    const medium = {
      status: 200,
      headers: { 'content-type': 'audio/gsm' },
      body: Buffer.from('x'),
    };
    const send: SendRequest = async (request) =>
      request.url.endsWith('.gsm') ? medium : voice(request);
    const file = join(folder, 'gsm.wav');
    const { code, out } = await commandOver(send, '--url', 'http://localhost:1', '--out', file);
    expect(code).toBe(0);
    expect(out).toMatch(
      /gsm\.wav is what the caller heard\.\n {2}but silence in place of localhost\/bye\.gsm: this command cannot decode it\n$/,
    );
    expect(readFileSync(file)).toHaveLength(44);
  });

  it('exits with 1 when something fails that no option breaks', async () => {
    const { code, out, err } = await command('--url', 'http://localhost:1');
    expect(code).toBe(1);
    expect(out).toContain('The call ended: application error, error 11205.');
    expect(err).toMatch(
      /^voice: 11205: POST "http:\/\/localhost:1\/voice": nothing answers at that address \(ECONNREFUSED\)\.$/m,
    );
    expect((await command('--url', sandbox.publicOrigin, '--digits', '1')).code).toBe(0);
  });

  it('says what to check when the webhooks refuse its signature', async () => {
    const args = ['--env', variables.file, '--url', sandbox.publicOrigin];
    const { code, err } = await runVerb(callCommand(), args, { environment: { AUTH_TOKEN: 'x' } });
    expect(code).toBe(1);
    expect(err).toMatch(/answered 403\. Check that AUTH_TOKEN is the one of the deployment\.$/m);
  });

  it.each([
    [['--digits', 'a'], 'Keys are 0 to 9, * and #'],
    [['--append', 'sometimes'], 'Allowed choices are gather, always, never'],
    [['--on-failure', 'retry'], 'Allowed choices are skip, fallback'],
    [['--path', 'farewell'], 'It must be a path, such as /voice'],
    [['--fail', 'menu'], 'Allowed choices are asset, audio, all'],
    [['--url', 'example.com'], 'It must be an origin'],
    [['--environment', 'live'], 'has no environment "live"'],
    [['--env', '/nowhere/env'], 'There is no file /nowhere/env'],
  ])('says what is wrong with %j', async (args, message) => {
    const { code, err } = await command(...args);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });

  it('shows its help', async () => {
    const { code, out } = await command('--help');
    expect(code).toBe(0);
    expect(out).toContain('--fail');
  });
});

// The decoder, and what measures audio, are published as ES modules that Jest does not load: here
// the command runs by itself.
describe('npm run call -- --out', () => {
  const RATE = 8000;
  let table: string[][];
  let wav: Buffer;

  beforeAll(async () => {
    const file = join(folder, 'call.wav');
    const args = ['--env', variables.file, '--digits', '2', '--out', file];
    const { code, out, err } = await resultOfProgram(startProgram('cli/call.ts', args));
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain(`The call ended: Hangup.\n${file} is what the caller heard.\n`);
    table = rows(out);
    wav = readFileSync(file);
  });

  it('prints each step with its verb, medium, status, type, seconds and milliseconds', () => {
    const asked = ['Redirect', '/menu at menus.main.prompt', '#', 'xml', '#'];
    const medium = ['#', 'mpeg', expect.stringMatching(/^\d\.\d$/), '#'];
    const menu = ['Gather › Play', 'proxy prompts/menu.mp3 +27', ...medium];
    const silence = ['Gather', 'nothing pressed'];
    const hint = ['Say', '日本語のご案内は、8を押してください。'];
    expect(table.map(([, ...cells]) => cells)).toEqual([
      ['voice', '/voice', '#', 'xml', '#'],
      ['Play', 'proxy prompts/welcome.mp3', ...medium],
      menu,
      ['Gather', 'pressed 2'],
      ['Gather action', '/menu at menus.main.prompt', '#', 'xml', '#'],
      ['Play', 'proxy prompts/directions.mp3', ...medium],
      ...[menu, silence, asked, hint],
      ...[menu, silence, asked, hint],
      ...[menu, silence, asked],
      ['Play', 'proxy prompts/goodbye.mp3', ...medium],
      ['Hangup'],
    ]);
  });

  /** Silences of four seconds or more: start and length, in samples. */
  function pauses(samples: Int16Array): { start: number; length: number }[] {
    const found: { start: number; length: number }[] = [];
    let start = 0;
    for (let index = 0; index <= samples.length; index += 1) {
      if (samples[index] === 0) continue;
      const length = index - start;
      if (length >= 4 * RATE) found.push({ start, length });
      start = index + 1;
    }
    return found;
  }

  const loudness = (samples: Int16Array): number =>
    Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);

  it('writes a recording as long and as loud as the call, with silence at the questions', () => {
    expect(wav.toString('latin1', 0, 4)).toBe('RIFF');
    expect([wav.readUInt16LE(22), wav.readUInt32LE(24), wav.readUInt16LE(34)]).toEqual([
      1,
      RATE,
      16,
    ]);
    const samples = new Int16Array(Uint8Array.from(wav.subarray(44)).buffer);

    const played = table.map((row) => Number(row[5] ?? 0)).filter((seconds) => seconds > 0);
    expect(played).toHaveLength(7);
    // Three questions wait for five seconds each, and two hints are said: a tone of 0.6 s.
    const expected = played.reduce((sum, seconds) => sum + seconds) + 3 * 5 + 2 * 0.6;
    // What an encoder added before and after is cut off again: a tenth of a second a prompt.
    expect(samples.length / RATE).toBeGreaterThan(expected - played.length * 0.15);
    expect(samples.length / RATE).toBeLessThan(expected + 0.5);

    const silences = pauses(samples);
    expect(silences).toHaveLength(3);
    for (const { length } of silences) expect(length / RATE).toBeCloseTo(5, 0);
    const speech = samples.subarray(0, silences[0]?.start);
    expect(speech.length / RATE).toBeGreaterThan(15);
    for (let start = 0; start + 2 * RATE < speech.length; start += RATE) {
      expect(loudness(speech.subarray(start, start + 2 * RATE))).toBeGreaterThan(300);
    }
  });
});

describe('npm run call -- --dial-status', () => {
  beforeAll(async () => {
    const otherwise = { action: 'play', prompt: { text: 'Nobody is there.' } };
    const start = { action: 'dial', number: '+12025550143', otherwise };
    await publishFlow(sandbox, JSON.stringify({ start, menus: {}, farewell: { text: 'Bye.' } }));
  });

  it.each([
    ['completed', []],
    ['busy', ['Nobody is there.', 'Bye.']],
  ])('ends a dial as %s', async (status, words) => {
    const { out } = await command('--dial-status', status);
    const said = rows(out).filter(([, verb]) => verb === 'Say');
    expect(said.map(([, , text]) => text)).toEqual(words);
  });
});
