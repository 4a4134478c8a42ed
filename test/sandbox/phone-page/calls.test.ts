import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sync } from '../../../cli/sync';
import type { CallMessage, RequestRow } from '../../../sandbox/phone-page/protocol';
import { promptFolder } from '../../../sandbox/prompts';
import { runVerb } from '../../helpers/cli/commands';
import { startSandbox, type TestSandbox } from '../../helpers/sandbox/start-sandbox';
import { playing, rowsOf, TestPage } from '../../helpers/sandbox/test-page';

let sandbox: TestSandbox;
let page: TestPage;
beforeAll(async () => {
  sandbox = await startSandbox();
  page = new TestPage(sandbox.publicOrigin);
  await runVerb(sync, [], { environment: sandbox.variables });
  await sandbox.openPhonePage();
});
afterAll(() => sandbox.stop());

const WELCOME = 'prompts/welcome.mp3';
const MENU = 'prompts/menu.mp3';
const HOURS = 'prompts/hours.mp3';

const inWords = ({ verb, servedBy, appendedCount, status }: RequestRow) =>
  `${verb}: ${servedBy}${appendedCount > 0 ? ` + ${appendedCount}` : ''}: ${status ?? 'no answer'}`;

const typesOf = (messages: readonly CallMessage[]) =>
  messages.map((message) => ('name' in message ? `${message.type} ${message.name}` : message.type));

/** Each secret of the sandbox, as it may stand in a URL. */
const secrets = () => {
  const { AUTH_TOKEN, ADMIN_SECRET, S3_SECRET_ACCESS_KEY, S3_ACCESS_KEY_ID } = sandbox.variables;
  return [AUTH_TOKEN, ADMIN_SECRET, S3_SECRET_ACCESS_KEY, S3_ACCESS_KEY_ID];
};

describe('a call of this project', () => {
  it('goes at the pace of the page, takes a key in the middle of a prompt, and ends with hanging up', async () => {
    const { messages, id } = await page.call(
      { source: 'project', append: 'gather' },
      playing({ [MENU]: '1', [HOURS]: 'x' }),
    );
    expect(typesOf(messages)).toEqual([
      'started',
      'request',
      'request',
      `sound ${WELCOME}`,
      'listening',
      'request',
      `sound ${MENU}`,
      'pressed',
      'request',
      'request',
      `sound ${HOURS}`,
      'ended',
    ]);
    expect(messages.find(({ type }) => type === 'listening')).toEqual({
      type: 'listening',
      numDigits: 1,
      finishOnKey: '',
    });
    expect(messages.find(({ type }) => type === 'pressed')).toMatchObject({ digits: '1' });
    expect(messages.at(-1)).toEqual({ type: 'ended', how: 'You hung up.', silences: 0 });
    expect(rowsOf(messages).map(inWords)).toEqual([
      'voice: Function: 200',
      'Play: Asset: 200',
      'Gather › Play: Asset + 27: 200',
      'Gather action: Function: 200',
      'Play: Asset: 200',
    ]);
    const again: CallMessage[] = [];
    for await (const message of page.follow(id)) again.push(message);
    expect(again).toEqual(messages);
  });

  it('gives the page the bytes of each prompt, with its words and their language', async () => {
    const { messages, id } = await page.call(
      { source: 'project', append: 'gather' },
      playing({ [WELCOME]: 'x' }),
    );
    expect(messages.find(({ type }) => type === 'sound')).toMatchObject({
      sound: 0,
      request: 1,
      words: 'Welcome to Harbour Clinic. Thank you for calling.',
      language: 'en-US',
      seconds: expect.closeTo(2.8, 1),
    });
    const sound = await page.get(`/phone/calls/${id}/sounds/0`);
    expect(sound.headers.get('content-type')).toBe('audio/mpeg');
    const bytes = Buffer.from(await sound.arrayBuffer());
    expect(bytes.equals(readFileSync(join(promptFolder, 'welcome.mp3')))).toBe(true);
    expect((await page.get(`/phone/calls/${id}/sounds/1`)).status).toBe(404);
  });

  it('shows a request for TwiML whole, indented, and without secrets', async () => {
    const { messages } = await page.call(
      { source: 'project', append: 'gather' },
      playing({ [WELCOME]: 'x' }),
    );
    const [voice] = rowsOf(messages);
    expect(voice).toMatchObject({
      method: 'POST',
      url: `${sandbox.publicOrigin}/voice`,
      requestBody: expect.stringContaining('CallStatus=ringing'),
      responseBody: expect.stringMatching(/^<Response>\n {2}<Play>.*\n {2}<Gather .*\n {4}<Play>/),
    });
    expect(voice?.requestHeaders).toContainEqual(['X-Twilio-Signature', '****']);
    expect(voice?.responseHeaders).toContainEqual(['content-type', 'text/xml; charset=utf-8']);
    for (const secret of secrets()) expect(JSON.stringify(messages)).not.toContain(secret);
  });
});

describe('a call with presigned URLs, as people do it today', () => {
  it('is silent where Twilio appends its parameters, and says why', async () => {
    const { messages } = await page.call(
      { source: 'presigned', append: 'gather' },
      playing({ [MENU]: '1', [HOURS]: 'x' }),
    );
    expect(rowsOf(messages).map(inWords)).toEqual([
      'voice: Function: 200',
      'Play: S3: 200',
      'Gather › Play: S3 + 27: 403',
      'Gather action: Function: 200',
      'Play: S3: 200',
    ]);
    expect(messages.find(({ type }) => type === 'silence')).toMatchObject({
      name: MENU,
      words: expect.stringContaining('press 1'),
      request: 2,
      failure: expect.stringContaining("answered 403 (Twilio's error 11200)."),
    });
    expect(messages.at(-1)).toMatchObject({ type: 'ended', silences: 1 });
    const refused = rowsOf(messages)[2];
    expect(refused?.verdict?.reason).toContain('403 SignatureDoesNotMatch');
    expect(refused?.verdict?.advice.join()).toContain('the synced Asset');
    const appended = new URLSearchParams(refused?.appended);
    expect(refused?.verdict?.added).toEqual([...appended.keys()]);
    expect(refused?.verdict?.added).toHaveLength(27);
    expect(refused?.responseBody).toMatch(/^<Error>\n {2}<Code>SignatureDoesNotMatch<\/Code>/);
    expect(refused?.url).toContain('X-Amz-Signature=****');
    expect(refused?.url).not.toContain('CallSid');
  });

  it('shows the TwiML as the phone performed it, and masks its signatures', async () => {
    const { messages } = await page.call(
      { source: 'presigned', append: 'gather' },
      playing({ [WELCOME]: 'x' }),
    );
    const rows = rowsOf(messages);
    expect(rows[0]?.responseBody).toMatch(/<Play>http:.*welcome\.mp3\?.*X-Amz-Signature=\*\*\*\*/);
    const shown = JSON.stringify(rows.map((row) => ({ ...row, curl: '' })));
    expect(shown).not.toMatch(/Signature=[0-9a-f]/);
    for (const secret of secrets()) expect(shown).not.toContain(secret);
  });

  it('plays everything where Twilio appends nothing', async () => {
    const { messages } = await page.call(
      { source: 'presigned', append: 'never' },
      playing({ [MENU]: '1', [HOURS]: 'x' }),
    );
    expect(rowsOf(messages).map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(messages.at(-1)).toMatchObject({ silences: 0 });
  });

  it('is silent from the first prompt on where Twilio appends always', async () => {
    const { messages } = await page.call(
      { source: 'presigned', append: 'always' },
      playing({ [MENU]: 'x' }),
    );
    expect(rowsOf(messages).map(({ status }) => status)).toEqual([200, 403, 403]);
  });
});

describe('a request that is sent again', () => {
  it('fails with the appended parameters and works without them; a link shows both rows', async () => {
    const { id, messages, replay } = await page.call(
      { source: 'presigned', append: 'gather' },
      playing({ [MENU]: 'x' }),
    );
    expect(await replay(2, true)).toMatchObject({ replayOf: 2, status: 403, appendedCount: 27 });
    expect(await replay(2, false)).toMatchObject({ replayOf: 2, status: 200, appended: '' });
    expect(await replay(1, true)).toMatchObject({ replayOf: 1, status: 403, appendedCount: 27 });
    const again: CallMessage[] = [];
    for await (const message of page.follow(id)) again.push(message);
    expect(rowsOf(again).map(({ request, replayOf }) => [request, replayOf])).toEqual([
      [0, undefined],
      [1, undefined],
      [2, undefined],
      [3, 2],
      [4, 2],
      [5, 1],
    ]);
    expect(again.at(-1)).toEqual(messages.at(-1));
  });

  it('works in both ways for an Asset, and a request for TwiML stays as it was', async () => {
    const { replay, id } = await page.call(
      { source: 'project', append: 'gather' },
      playing({ [MENU]: 'x' }),
    );
    expect(await replay(2, false)).toMatchObject({ status: 200, appendedCount: 0 });
    expect(await replay(2, true)).toMatchObject({ status: 200, appendedCount: 27 });
    expect(await replay(0, true)).toMatchObject({ verb: 'voice', status: 200, appended: '' });
    const missing = await page.post(`/phone/calls/${id}/requests/99/replay`, { appended: true });
    expect(missing.status).toBe(404);
  });
});

it('records what the caller heard, which a key cut short', async () => {
  const { id } = await page.call(
    { source: 'project', append: 'gather' },
    playing({ [WELCOME]: 'x' }),
  );
  const cut = await page.get(`/phone/calls/${id}/recording.wav`);
  expect(cut.headers.get('content-type')).toBe('audio/wav');
  const { id: longer } = await page.call(
    { source: 'project', append: 'gather' },
    playing({ [MENU]: 'x' }),
  );
  const whole = await page.get(`/phone/calls/${longer}/recording.wav`);
  const samples = Buffer.from(await whole.arrayBuffer()).subarray(44);
  const loudest = Math.max(...new Int16Array(Uint8Array.from(samples).buffer));
  expect(loudest).toBeGreaterThan(1000);
  expect(samples.length).toBeGreaterThan((await cut.arrayBuffer()).byteLength);
});

it('leads two calls at once', async () => {
  const settings = { source: 'project', append: 'gather' } as const;
  const [one, two] = await Promise.all([
    page.call(settings, playing({ [MENU]: '1', [HOURS]: 'x' })),
    page.call({ ...settings, source: 'presigned' }, playing({ [MENU]: '2x' })),
  ]);
  expect(one.messages.find(({ type }) => type === 'pressed')).toMatchObject({ digits: '1' });
  expect(two.messages.find(({ type }) => type === 'pressed')).toMatchObject({ digits: '2' });
  const { calls } = await page.state();
  expect(calls.slice(0, 2).map(({ source }) => source)).toEqual(
    expect.arrayContaining(['project', 'presigned']),
  );
});

describe('the switches', () => {
  it('stop S3: Assets play on, presigned URLs do not, and start it again', async () => {
    const stopped = await page.post('/phone/switches', { s3Stopped: true });
    expect(await stopped.json()).toMatchObject({ s3Stopped: true, webhooksHang: false });
    const project = await page.call(
      { source: 'project', append: 'gather' },
      playing({ [MENU]: 'x' }),
    );
    expect(rowsOf(project.messages).map(({ status }) => status)).toEqual([200, 200, 200]);
    const presigned = await page.call(
      { source: 'presigned', append: 'never' },
      playing({ [MENU]: 'x' }),
    );
    expect(rowsOf(presigned.messages).map(({ status }) => status)).toEqual([
      200,
      undefined,
      undefined,
    ]);
    expect(presigned.messages.at(-1)).toMatchObject({ silences: 2 });
    await page.post('/phone/switches', { s3Stopped: false });
    expect(await page.state()).toMatchObject({ s3Stopped: false });
    const { messages } = await page.call(
      { source: 'presigned', append: 'never' },
      playing({ [WELCOME]: 'x' }),
    );
    expect(rowsOf(messages).map(({ status }) => status)).toEqual([200, 200]);
  });

  it('let webhooks hang: Twilio gives up, and the fallback URL leads the call', async () => {
    await page.post('/phone/switches', { webhooksHang: true });
    expect(await page.state()).toMatchObject({ webhooksHang: true });
    const { messages } = await page.call(
      { source: 'project', append: 'gather' },
      async (message, call) => {
        if (message.type === 'sound' || message.type === 'say') await call.hangUp();
      },
    );
    expect(rowsOf(messages).map(inWords).slice(0, 2)).toEqual([
      'voice: Function: no answer',
      'fallback: Function: 200',
    ]);
    expect(rowsOf(messages)[0]?.failure).toContain('no answer within 5000 ms');
    await page.post('/phone/switches', { webhooksHang: false });
    const { messages: after } = await page.call(
      { source: 'project', append: 'gather' },
      playing({ [WELCOME]: 'x' }),
    );
    expect(rowsOf(after).map(({ status }) => status)).toEqual([200, 200]);
  });
});

it('leaves all other paths to the deployment', async () => {
  expect((await page.get('/voice')).status).toBe(403);
  expect((await page.get('/no-such-file.html')).status).toBe(404);
});
