import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type FailingMedia, failMedia } from '../../cli/call';
import {
  type AppendMode,
  type CallEvent,
  type CallOptions,
  type CallSummary,
  call,
  type SendRequest,
  sendRequest,
} from '../../phone';
import { layOut } from '../../src/call-flow/steps';
import { resultOf } from '../../src/result';
import { everyBranch } from '../helpers/call-flow/every-branch';
import { sample } from '../helpers/full';
import { publishFlow, publishManifest, serverless } from '../helpers/sandbox/publish';
import { s3ClientOf } from '../helpers/sandbox/s3-client';
import { startSandbox, type TestSandbox } from '../helpers/sandbox/start-sandbox';

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
  await publishFlow(sandbox, JSON.stringify(everyBranch));
});
afterAll(() => sandbox.stop());

async function phone(
  options: Partial<CallOptions>,
): Promise<{ events: CallEvent[]; summary: CallSummary }> {
  const { publicOrigin, variables } = sandbox;
  const calling = call({
    voiceUrl: `${publicOrigin}/voice`,
    fallbackUrl: `${publicOrigin}/fallback`,
    fallbackOnMediaError: true,
    accountSid: variables.ACCOUNT_SID,
    authToken: variables.AUTH_TOKEN,
    from: '+819012345678',
    to: '+815012345678',
    append: 'gather',
    ...options,
  });
  const events: CallEvent[] = [];
  const summary = await resultOf(calling, (event) => events.push(event));
  return { events, summary };
}

const { steps: flowSteps } = layOut(everyBranch);

/** The texts that are played or said, and whom the caller is connected to. */
function heard(events: readonly CallEvent[]): string[] {
  return events.flatMap((event) => {
    if (event.kind === 'media' && event.errorCode === undefined) {
      const flowStep = flowSteps.get(new URL(event.url).searchParams.get('at') ?? '');
      return flowStep && 'prompt' in flowStep ? [flowStep.prompt?.text ?? ''] : [event.url];
    }
    if (event.kind !== 'verb') return [];
    if (event.verb.endsWith('Say')) return [event.text];
    return ['Dial', 'Record'].includes(event.verb) ? [`(${event.verb} ${event.text})`] : [];
  });
}

const levels = (events: readonly CallEvent[]): Set<string> =>
  new Set(
    events.flatMap((event) => {
      if (event.kind === 'verb') return event.verb.endsWith('Say') ? ['say'] : [];
      const ok = event.kind === 'media' && event.errorCode === undefined;
      return ok ? [new URL(event.url).pathname === '/audio' ? 'proxy' : 'asset'] : [];
    }),
  );

const opening = ['Welcome.', 'Press a key.'];
const code = 'Enter four digits, then the pound key.';
const goodbye = 'Goodbye.';
/** What a caller who presses nothing is told at last. */
const silentAtMain = [code, 'Goodbye then.'];

type Branch = [name: string, options: Partial<CallOptions>, words: string[]];
const branches: Branch[] = [
  ['silence', {}, [...opening, 'Press a key.', ...silentAtMain]],
  [
    'an unknown key',
    { digits: ['0'] },
    [...opening, 'Not one of the choices.', 'Press a key.', ...silentAtMain],
  ],
  ['play', { digits: ['1', '9'] }, [...opening, 'Two minutes on foot.', 'Press a key.']],
  ['play, and then hang up', { digits: ['2'] }, [...opening, '営業時間です。', goodbye]],
  ['another menu', { digits: ['3', '1234', '9'] }, [...opening, code, 'Right.', code, goodbye]],
  ['another menu and back', { digits: ['3', '**', '9'] }, [...opening, code, ...opening]],
  [
    'a dial that nobody answers, and a message',
    { digits: ['4'], messageSeconds: 4 },
    [
      ...opening,
      'One moment.',
      '(Dial +12025550143)',
      'Leave a message.',
      '(Record )',
      'Thank you.',
    ],
  ],
  [
    'a dial that is answered',
    { digits: ['5'], dialCallStatus: 'completed' },
    [...opening, '(Dial sip:desk@example.com)'],
  ],
  [
    'a dial that fails',
    { digits: ['5', '9'], dialCallStatus: 'failed' },
    [...opening, '(Dial sip:desk@example.com)', 'Press a key.'],
  ],
  ['an empty message', { digits: ['6', '9'] }, [...opening, '(Record )', 'Press a key.']],
  ['closed hours', { digits: ['7', '9'] }, [...opening, 'Nobody is here.', 'Press a key.']],
  ['once more', { digits: ['8', '9'] }, [...opening, 'Once more.', 'Press a key.']],
  ['the pound key', { digits: ['#', '9'] }, [...opening, ...opening]],
  [
    'as many questions as a call may ask',
    { digits: Array(20).fill('7') },
    [
      ...opening,
      ...Array(11).fill(['Nobody is here.', 'Press a key.']).flat(),
      'Nobody is here.',
      goodbye,
    ],
  ],
];
const modes = sample<AppendMode>(['gather', 'always', 'never'], 1);

/** Calls every branch while some media fail: the words are the same, and come by this level alone. */
async function expectEveryBranch(
  append: AppendMode,
  failing: FailingMedia | undefined,
  level: string,
) {
  const send = failing === undefined ? sendRequest : failMedia(failing, sendRequest);
  for (const [name, options, words] of branches) {
    const { events, summary } = await phone({ ...options, append, send });
    expect([name, ...heard(events)]).toEqual([name, ...words]);
    expect(summary.ended).toBe('Hangup');
    // Prompts that have no recording are said in any case.
    expect([...levels(events)].filter((each) => each !== 'say' || level === 'say')).toEqual([
      level,
    ]);
    const webhooks = events.filter(({ kind }) => kind === 'webhook');
    expect(webhooks.map((event) => event.kind === 'webhook' && event.status)).toEqual(
      webhooks.map(() => 200),
    );
  }
}

describe.each(modes)('before the first sync, with parameters appended: %s', (append) => {
  it('every branch plays through the proxy', () => expectEveryBranch(append, undefined, 'proxy'));

  it('every branch is said where the proxy fails', () => expectEveryBranch(append, 'audio', 'say'));
});

describe('after a sync', () => {
  beforeAll(async () => {
    await put('notes.mp3', 'not audio');
    await sync();
  });

  async function put(name: string, content: string): Promise<void> {
    const { S3_BUCKET, S3_PREFIX } = sandbox.variables;
    const s3 = s3ClientOf(sandbox.variables);
    const object = { Bucket: S3_BUCKET, Key: S3_PREFIX + name, Body: Buffer.from(content) };
    await s3.send(new PutObjectCommand({ ...object, ContentType: 'audio/mpeg' }));
    s3.destroy();
  }

  async function sync(): Promise<void> {
    const headers = { authorization: `Bearer ${sandbox.variables.ADMIN_SECRET}` };
    for (let status = 503; status === 503; ) {
      ({ status } = await fetch(`${sandbox.publicOrigin}/sync`, { method: 'POST', headers }));
      if (status !== 503 && status !== 200) throw new Error(`/sync answered ${status}`);
    }
  }

  describe.each(modes)('with parameters appended: %s', (append) => {
    it('every branch plays Assets', () => expectEveryBranch(append, undefined, 'asset'));

    it('every branch plays Assets where the proxy fails', () =>
      expectEveryBranch(append, 'audio', 'asset'));

    it('every branch goes on through the proxy where Assets fail', () =>
      expectEveryBranch(append, 'asset', 'proxy'));

    it('every branch is said where both fail', () => expectEveryBranch(append, 'all', 'say'));
  });

  it('the text of an object that the sync found to be no audio is said at once', async () => {
    const text = 'These notes are no audio.';
    const flow = {
      start: { action: 'play', prompt: { key: 'prompts/notes.mp3', text } },
      menus: {},
      farewell: { text: 'Bye.' },
    };
    await publishFlow(sandbox, JSON.stringify(flow));
    const { events } = await phone({});
    expect(events.map(({ verb }) => verb)).toEqual(['voice', 'Say', 'Say', 'Hangup']);
    expect(heard(events)).toEqual([text, 'Bye.']);
    await publishFlow(sandbox, JSON.stringify(everyBranch));
  });

  /** Fails the first request for a path. */
  function failingOnce(path: string): SendRequest {
    let failed = false;
    return async (request) => {
      if (failed || new URL(request.url).pathname !== path) return sendRequest(request);
      failed = true;
      return { status: 500, headers: {}, body: Buffer.from('') };
    };
  }

  it('a call goes on where it was when a webhook fails, with all prompts one fallback level down', async () => {
    const { events, summary } = await phone({
      digits: ['1', '1', '9'],
      send: failingOnce('/menu'),
    });
    // The first key got lost with the request, so the question comes again.
    expect(heard(events)).toEqual([
      ...opening,
      'Press a key.',
      'Two minutes on foot.',
      'Press a key.',
    ]);
    expect(levels(events)).toEqual(new Set(['asset', 'proxy']));
    expect(summary).toMatchObject({ ended: 'Hangup', errorCodes: [11200] });
  });

  it('a call begins again when the voice webhook fails', async () => {
    const { events } = await phone({ digits: ['9'], send: failingOnce('/voice') });
    expect(heard(events)).toEqual(opening);
    expect(levels(events)).toEqual(new Set(['proxy']));
  });

  it('SIP and anonymous callers are answered', async () => {
    for (const from of ['sip:alice@example.com', 'anonymous', '+266696687']) {
      const { events } = await phone({ from, digits: ['5'], dialCallStatus: 'completed' });
      const dial = events.find(({ verb }) => verb === 'Dial');
      expect(dial?.kind === 'verb' && dial.attributes.callerId).toBe('+815012345678');
    }
  });

  it('every branch plays through the proxy when the manifest cannot be read', async () => {
    await publishManifest(sandbox, 'module.exports = {');
    await expectEveryBranch('gather', undefined, 'proxy');
  });
});

describe('a wrong signature', () => {
  it('is refused: a call from anywhere else plays nothing', async () => {
    const { events, summary } = await phone({ authToken: 'another token' });
    expect(events).toMatchObject([
      { verb: 'voice', status: 403 },
      { verb: 'fallback', status: 403 },
    ]);
    expect(summary.ended).toBe('application error');
  });

  it.each(['/voice', '/menu', '/fallback'])('is refused at %s', async (path) => {
    const ask = (init: RequestInit) => fetch(sandbox.publicOrigin + path, init);
    const headers = { 'x-twilio-signature': 'AAAAAAAAAAAAAAAAAAAAAAAAAAA=' };
    expect((await ask({ method: 'POST', headers })).status).toBe(403);
    expect((await ask({ method: 'POST' })).status).toBe(403);
    expect((await ask({})).status).toBe(403);
  });
});

describe('a flow that cannot be read', () => {
  beforeAll(() => publishFlow(sandbox, '{"menus": '));

  it('leads to an apology, and the call ends', async () => {
    const { events, summary } = await phone({});
    expect(events.map(({ verb }) => verb)).toEqual(['voice', 'Say', 'Hangup']);
    expect(summary).toMatchObject({ ended: 'Hangup', errorCodes: [] });
  });

  it('leads to the operator, if there is one', async () => {
    const twilio = serverless(sandbox);
    const [environment] = await twilio.environments();
    const { TWILIO_API_URL, ACCOUNT_SID, AUTH_TOKEN } = sandbox.variables;
    const path = `/v1/Services/twilio-s3-play/Environments/${environment?.sid}/Variables`;
    await fetch(TWILIO_API_URL + path, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${ACCOUNT_SID}:${AUTH_TOKEN}`).toString('base64')}`,
      },
      body: new URLSearchParams({ Key: 'OPERATOR_NUMBER', Value: '+12025550143' }),
    });
    const { events } = await phone({});
    expect(events.map(({ verb }) => verb)).toEqual(['voice', 'Say', 'Dial', 'Say', 'Hangup']);
  });
});
