import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { handler as fallback } from '../../functions/fallback.protected';
import { handler as menu } from '../../functions/menu.protected';
import { handler as voice } from '../../functions/voice.protected';
import { CALL_FLOW_FILE } from '../../src/call-flow/files';
import { outlineOf } from '../helpers/call-flow/outline';
import {
  deleteTwilioGlobals,
  setTwilioGlobals,
  type TwilioResponse,
} from '../helpers/twilio-globals';

const sample = readFileSync(join(__dirname, '../..', CALL_FLOW_FILE), 'utf8');
/** No build has checked the flow for these Functions, which are sources. */
const PARSER = join(__dirname, '../../functions/call-flow-parser.private.ts');
let files = 0;
/** The private Assets of a deployment; each flow is a file of its own, as each Build's is. */
function deploy(flow: string | undefined): void {
  files += 1;
  const path = `/builds/${files}/call-flow.json`;
  const assets: ReturnType<typeof Runtime.getAssets> = {};
  if (flow !== undefined) assets['/call-flow.json'] = { path, open: () => flow };
  setTwilioGlobals(assets, { 'call-flow-parser': { path: PARSER } });
}

const context = {
  S3_BUCKET: 'examplebucket',
  S3_REGION: 'us-east-1',
  S3_PREFIX: 'prompts/',
  S3_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  S3_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  DOMAIN_NAME: 'clinic-1234-dev.twil.io',
  AUTH_TOKEN: 'token of the account',
};

async function ask(
  handler: typeof voice,
  event: Record<string, unknown> = {},
  variables: Record<string, unknown> = context,
): Promise<string[]> {
  const response = await new Promise<TwilioResponse>((resolve) => {
    handler(variables, event, (_, answer) => resolve(answer as TwilioResponse));
  });
  expect([response.status, response.headers]).toEqual([200, { 'Content-Type': 'text/xml' }]);
  return outlineOf(String(response.body));
}

/** Warnings and errors. */
let logged: string[];
/** The line of each webhook that was answered. */
let answered: string[];
beforeEach(() => {
  logged = [];
  answered = [];
  jest.spyOn(console, 'info').mockImplementation((line) => void answered.push(String(line)));
  for (const level of ['error', 'warn'] as const) {
    jest.spyOn(console, level).mockImplementation((line) => void logged.push(String(line)));
  }
  deploy(sample);
});
afterEach(() => {
  jest.restoreAllMocks();
  deleteTwilioGlobals();
});

const apology = [
  'Say We are sorry. This line cannot take your call at the moment. Please try again later.',
  'Hangup',
];

describe('the voice webhooks', () => {
  test('log why a prompt is said whose recording cannot be played', async () => {
    const other = { ...context, S3_PREFIX: 'other/' };
    expect((await ask(voice, {}, other))[0]).toMatch(/^Say .*Welcome to Harbour Clinic/);
    expect(logged[0]).toBe(
      '{"level":"warn","event":"prompt-said","function":"voice","key":"prompts/welcome.mp3","message":"it is outside of S3_PREFIX, other/"}',
    );
    logged = [];
    const ErrorUrl = 'https://clinic-1234-dev.twil.io/audio?at=menus.main.greeting&level=1';
    await ask(fallback, { ErrorCode: '11200', ErrorUrl }, other);
    expect(logged).toHaveLength(1);
    expect(logged[0]).toContain('"function":"fallback","errorCode":"11200"');
  });

  test('greet, answer keys, and go on after a failure', async () => {
    const [greeting, gather] = await ask(voice);
    expect(greeting).toMatch(/^Play \/audio\?key=prompts\/welcome\.mp3&exp=/);
    expect(gather).toContain('at=menus.main.prompt&attempt=1&asked=1');
    const state = { at: 'menus.main.prompt', attempt: '1', asked: '1' };
    expect((await ask(menu, { ...state, Digits: '2' }))[0]).toContain('key=prompts/directions.mp3');
    const ErrorUrl = 'https://clinic-1234-dev.twil.io/menu?at=menus.main.prompt&attempt=1&asked=1';
    expect((await ask(fallback, { ErrorCode: '11200', ErrorUrl }))[0]).toContain(
      'attempt=2&asked=2',
    );
    expect(logged).toEqual([
      '{"level":"warn","event":"fallback-asked","function":"fallback","errorCode":"11200","failed":"/menu","goesOnAt":"menus.main.prompt"}',
    ]);
  });

  test('log in one line where the call is, and by which way each prompt reaches the caller', async () => {
    const CallSid = `CA${'0'.repeat(32)}`;
    const caller = { CallSid, From: '+819012345678', To: '+815012345678' };
    await ask(voice, caller);
    const state = { at: 'menus.main.prompt', attempt: '1', asked: '1', level: '2' };
    await ask(menu, { ...caller, ...state, Digits: '2' });
    expect(answered.map((line) => JSON.parse(line))).toEqual([
      {
        level: 'info',
        event: 'webhook-answered',
        function: 'voice',
        callSid: CallSid,
        at: 'start',
        fallbackLevel: 0,
        prompts: ['proxy prompts/welcome.mp3', 'proxy prompts/menu.mp3'],
      },
      expect.objectContaining({
        function: 'menu',
        callSid: CallSid,
        at: 'menus.main.digits.2',
        fallbackLevel: 2,
        prompts: ['say prompts/directions.mp3', 'say prompts/menu.mp3'],
      }),
    ]);
    expect(`${answered}${logged}`).not.toMatch(/\+81|sig=/);
  });

  test('log the call with each line, but nothing else that is sent in its place', async () => {
    const CallSid = `CA${'0'.repeat(32)}`;
    const ErrorUrl = 'https://user:secret@example.com/other?sig=1';
    await ask(fallback, { CallSid, ErrorCode: '11200', ErrorUrl });
    deploy(undefined);
    await ask(voice, { CallSid });
    await ask(voice, { CallSid: `${CallSid}\n` });
    await ask(voice, { CallSid: [CallSid] });
    const lines = logged.map((line) => JSON.parse(line));
    expect(lines.map(({ event, callSid }) => [event, callSid])).toEqual([
      ['fallback-asked', CallSid],
      ['apology-said', CallSid],
      ['apology-said', undefined],
      ['apology-said', undefined],
    ]);
    expect(lines[0]).not.toHaveProperty('failed');
    expect(`${logged}`).not.toContain('secret');
  });

  test.each([
    ['nothing', {}],
    [
      'all that Twilio may send',
      {
        Digits: ['1', '2'],
        SpeechResult: 'one',
        From: 'sip:a@b.example',
        request: 'x',
        at: ['a', 'b'],
      },
    ],
    ['objects', { at: {}, attempt: null, asked: [], level: {}, ErrorUrl: {}, ErrorCode: {} }],
  ])('answer TwiML to whatever is sent: %s', async (_, event) => {
    for (const handler of [voice, menu, fallback]) {
      expect((await ask(handler, event)).length).toBeGreaterThan(0);
    }
  });
});

describe('a voice webhook whose other variables are malformed', () => {
  test('still plays the flow', async () => {
    const typos = { SYNC_BUDGET_SECONDS: '7', AUDIO_VISIBILITY: 'Public', TWILIO_API_URL: 'x' };
    const [greeting] = await ask(voice, {}, { ...context, ...typos });
    expect(greeting).toMatch(/^Play \/audio\?key=prompts\/welcome\.mp3&exp=/);
    expect(logged).toEqual([]);
  });

  test.each([
    ['S3_BUCKET', '', 'S3_BUCKET is not set'],
    ['S3_REGION', 'EU', 'S3_REGION must be'],
    ['S3_SECRET_ACCESS_KEY', '', 'S3_SECRET_ACCESS_KEY is not set'],
    ['AUTH_TOKEN', undefined, 'AUTH_TOKEN is not set'],
  ])(
    'says what is not an Asset when %s=%s closes the proxy, and logs the reason in one line',
    async (name, value, why) => {
      const [greeting, gather] = await ask(voice, {}, { ...context, [name]: value });
      expect(greeting).toContain('Say language=en-US Welcome to Harbour Clinic.');
      expect(gather).toContain('action=/menu?at=menus.main.prompt&attempt=1&asked=1');
      expect(logged).toEqual([expect.stringContaining(why)]);
      expect(logged[0]).toMatch(
        /^\{"level":"warn","event":"no-audio-proxy","function":"voice","message":/,
      );
    },
  );
});

describe('a voice webhook that cannot play the flow', () => {
  test.each([
    ['there is none', () => deploy(undefined), context],
    ['it is not JSON', () => deploy('{'), context],
    ['it is not valid', () => deploy('{}'), context],
    ['the domain is not known', () => deploy(sample), { ...context, DOMAIN_NAME: undefined }],
    ['there is no context at all', () => deploy(sample), {}],
  ])('apologizes and hangs up when %s', async (_, prepare, variables) => {
    prepare();
    for (const handler of [voice, menu, fallback]) {
      expect(await ask(handler, {}, variables)).toEqual(apology);
    }
    expect(logged.filter((line) => line.includes('"level":"error"'))).toHaveLength(3);
  });

  test('connects to the operator if there is one', async () => {
    deploy(undefined);
    const variables = { OPERATOR_NUMBER: '+12025550143' };
    const toOperator = (dial: string) => [
      'Say We are sorry, our menu is not available. Please hold for an operator.',
      dial,
      '  Number +12025550143',
      'Say Thank you for calling. Goodbye.',
      'Hangup',
    ];
    expect(await ask(voice, { From: '+819012345678' }, variables)).toEqual(
      toOperator('Dial timeout=30'),
    );
    const anonymous = { From: 'anonymous', To: '+815012345678' };
    expect(await ask(voice, anonymous, variables)).toEqual(
      toOperator('Dial timeout=30 callerId=+815012345678'),
    );
  });

  test('does not dial an operator that is no phone number', async () => {
    deploy(undefined);
    expect(await ask(voice, {}, { OPERATOR_NUMBER: 'reception' })).toEqual(apology);
  });
});
