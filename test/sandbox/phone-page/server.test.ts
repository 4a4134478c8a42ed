import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type RequestListener, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, test } from '@jest/globals';
import fc from 'fast-check';
import { validateRequest } from 'twilio/lib/webhooks/webhooks';
import type { HttpRequest, HttpResponse } from '../../../phone';
import { createHang } from '../../../sandbox/hang';
import { type Listening, listen } from '../../../sandbox/listen';
import type { CallMessage } from '../../../sandbox/phone-page/protocol';
import { createPhonePage, type PhonePage } from '../../../sandbox/phone-page/server';
import { parseCallFlow } from '../../../src/call-flow/parse';
import type { Clock } from '../../../src/clock';
import { PlayError } from '../../../src/errors';
import { playing, type Reaction, rowsOf, TestPage } from '../../helpers/sandbox/test-page';

const FLOW = parseCallFlow(
  JSON.stringify({
    start: { action: 'menu', menu: 'main' },
    menus: {
      main: {
        prompt: { key: 'menu.mp3', text: 'Press 1.', language: 'de-DE' },
        digits: { '1': { action: 'hangup' } },
      },
    },
    farewell: { text: 'Goodbye.' },
  }),
);

const VARIABLES = {
  S3_BUCKET: 'prompts',
  S3_REGION: 'us-east-1',
  S3_ACCESS_KEY: 'AKIAIOSFODNN7EXAMPLE:wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  ACCOUNT_SID: `AC${'0'.repeat(32)}`,
  AUTH_TOKEN: 'a token for tests',
  ADMIN_SECRET: 'a secret of thirty-two characters',
  TWILIO_API_URL: 'http://localhost:1',
};

let pageFolder: string;
let listening: Listening;
let page: TestPage;
let server: PhonePage;
/** What the deployment answers with, by path. */
let replies: Record<string, string>;
let sent: HttpRequest[];
/** Thrown in place of sending. */
let failure: Error | undefined;
/** Waits that have not ended, by their milliseconds. */
let waits: { milliseconds: number; end: () => void }[];

const clock: Clock = {
  now: () => new Date(Date.UTC(2026, 0, 2, 3, 4, 5)),
  random: () => 0.5,
  sleep: (milliseconds, signal) =>
    new Promise((resolve, reject) => {
      const wait = { milliseconds, end: resolve };
      waits.push(wait);
      signal?.addEventListener('abort', () => {
        waits = waits.filter((each) => each !== wait);
        reject(signal.reason);
      });
    }),
};

async function reply(asked: HttpRequest): Promise<HttpResponse> {
  sent.push(asked);
  if (failure) throw failure;
  const { pathname } = new URL(asked.url);
  const verbs = replies[pathname];
  if (verbs === undefined) {
    return { status: 200, headers: { 'content-type': 'audio/mpeg' }, body: Buffer.from('mp3') };
  }
  const body = Buffer.from(`<Response>${verbs}</Response>`);
  return { status: 200, headers: { 'content-type': 'text/xml' }, body };
}

beforeEach(async () => {
  pageFolder = mkdtempSync(join(tmpdir(), 'phone-page-'));
  writeFileSync(join(pageFolder, 'index.html'), '<!doctype html><title>Phone</title>');
  writeFileSync(join(pageFolder, 'main-AB12.js'), 'page();');
  writeFileSync(join(pageFolder, '.hidden'), 'hidden');
  failure = undefined;
  [sent, waits, replies] = [[], [], { '/voice': '<Play>/welcome.mp3</Play>' }];
  await open();
});

/** @param more variables of the deployment */
async function open(more: Readonly<Record<string, string>> = {}): Promise<void> {
  let front: RequestListener = () => {};
  listening = await listen((asked, response) => front(asked, response));
  const publicOrigin = `http://localhost:${listening.port}`;
  const variables = { ...VARIABLES, ...more };
  server = createPhonePage({
    sandbox: { publicOrigin, variables, twilio: { liveBuild: () => undefined } },
    flow: FLOW,
    s3: undefined,
    hang: createHang(),
    clock,
    send: reply,
    pageFolder,
  });
  front = server.front((_, response) => response.end('the deployment'));
  page = new TestPage(publicOrigin);
}

async function close(): Promise<void> {
  server.close();
  await listening.close();
}

afterEach(async () => {
  await close();
  rmSync(pageFolder, { recursive: true });
});

/** Sends exactly these headers and this path. */
async function raw(
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body = '',
): Promise<{ status: number; text: string }> {
  const { port } = listening;
  const outgoing = request({ host: '127.0.0.1', port, method, path, headers, agent: false });
  outgoing.end(body);
  const [response] = await once(outgoing, 'response');
  return { status: response.statusCode, text: await text(response) };
}

async function until(condition: () => boolean): Promise<void> {
  for (let left = 1000; !condition(); left -= 1) {
    if (left === 0) throw new Error('what was waited for did not come');
    await setTimeout(5);
  }
}

const SETTINGS = { source: 'project', append: 'gather' } as const;

describe('the page', () => {
  it('stands at the root, and its files beside the API; nothing may come from elsewhere', async () => {
    const root = await page.get('/?call=1');
    expect(await root.text()).toContain('<title>Phone</title>');
    expect(root.headers.get('content-type')).toMatch('text/html');
    const policy = root.headers.get('content-security-policy');
    expect(policy).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self';/);
    expect(policy).toContain("frame-ancestors 'none'");
    const script = await page.get('/phone/main-AB12.js');
    expect(script.headers.get('content-type')).toMatch('javascript');
    expect(script.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('says what to do before it is built', async () => {
    rmSync(join(pageFolder, 'index.html'));
    const root = await page.get('/');
    expect([root.status, await root.text()]).toEqual([
      404,
      'The phone page is not built: run npm run build.',
    ]);
  });

  test.each([
    '/phone/',
    '/phone/no-such.js',
    '/phone/.hidden',
    '/phone/../package.json',
    '/phone/%2e%2e%2fpackage.json',
    '/phone/..%5cpackage.json',
    '/phone/%00',
    '/phone/%ff',
    '/phone/calls/none',
    '/phone/calls/constructor',
    '/phone/calls/__proto__/sounds/0',
    '/phone/calls/none/recording.wav',
  ])('gives nothing at %s', async (path) => {
    const { status, text: said } = await raw('GET', path, { Host: 'localhost' });
    expect([400, 403, 404]).toContain(status);
    expect(said).toMatch(/^There is no such (page|call)\b/);
  });

  it('leaves all other paths to the deployment', async () => {
    for (const path of ['/index.html', '/voice', '/phones', '/phone']) {
      expect(await (await page.get(path)).text()).toBe('the deployment');
    }
  });

  test.each([
    ['PUT', '/'],
    ['DELETE', '/phone/calls'],
    ['GET', '/phone/calls'],
    ['OPTIONS', '/phone/calls'],
    ['HEAD', '/phone/state'],
  ])('does not take %s %s', async (method, path) => {
    expect((await raw(method, path, { Host: 'localhost' })).status).toBe(405);
  });
});

describe('another site', () => {
  test.each(['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example:3000'])(
    'under the host name "%s", led here by DNS rebinding, gets nothing',
    async (host) => {
      for (const path of ['/', '/phone/state', '/phone/main-AB12.js']) {
        const { status, text: said } = await raw('GET', path, { Host: host });
        expect(status).toBe(403);
        expect(said).toMatch(/^The phone page answers at localhost only/);
      }
      const headers = {
        Host: host,
        Origin: `http://${host}`,
        'Content-Type': 'application/json',
      };
      const { status } = await raw('POST', '/phone/calls', headers, JSON.stringify(SETTINGS));
      expect(status).toBe(403);
      expect((await page.state()).calls).toEqual([]);
    },
  );

  test.each([undefined, 'http://evil.example', 'null', 'http://localhost:1', 'https://localhost'])(
    'with the origin %s cannot make the browser call, or switch anything',
    async (origin) => {
      const headers = {
        Host: `localhost:${listening.port}`,
        'Content-Type': 'application/json',
        ...(origin !== undefined && { Origin: origin }),
      };
      const body = JSON.stringify({ ...SETTINGS, webhooksHang: true });
      for (const path of ['/phone/calls', '/phone/switches']) {
        expect((await raw('POST', path, headers, body)).status).toBe(403);
      }
      expect(await page.state()).toMatchObject({ calls: [], webhooksHang: false });
    },
  );
});

describe('a body', () => {
  const post = (path: string, body: string, type = 'application/json') =>
    raw(
      'POST',
      path,
      { Host: `localhost:${listening.port}`, Origin: page.origin, 'Content-Type': type },
      body,
    );

  test.each([
    ['empty', '', 400],
    ['no JSON', '{', 400],
    ['a list', '[]', 400],
    ['null', 'null', 400],
    ['a text', '"project"', 400],
    ['incomplete', '{"source":"project"}', 400],
    ['of another source', '{"source":"elsewhere","append":"gather"}', 400],
    ['of another type', '{"source":"project","append":{"toString":1}}', 400],
    ['too large', JSON.stringify({ ...SETTINGS, more: 'x'.repeat(20_000) }), 413],
  ])('of a call that is %s is refused in a sentence', async (_, body, status) => {
    const refused = await post('/phone/calls', body);
    expect(refused.status).toBe(status);
    expect(refused.text).toMatch(/^The body .*\.$/);
    expect((await page.state()).calls).toEqual([]);
  });

  it('of another type, which a form of any site may send, is refused', async () => {
    const refused = await post('/phone/calls', JSON.stringify(SETTINGS), 'text/plain');
    expect(refused.status).toBe(415);
  });

  it('names what is wrong in it', async () => {
    const { text: said } = await post('/phone/calls', '{"source":"project","append":"often"}');
    expect(said).toMatch(/append: .*"often"/);
  });

  it('with anything that is no key changes nothing', async () => {
    replies['/voice'] = '<Gather numDigits="1"/>';
    const settings = { source: 'project', append: 'never' } as const;
    const { messages } = await page.call(settings, async (message, { id, hangUp }) => {
      if (message.type !== 'listening') return;
      await fc.assert(
        fc.asyncProperty(fc.jsonValue(), async (value) => {
          const isKey = typeof value === 'string' && /^[0-9*#]$/.test(value);
          const { status } = await post(`/phone/calls/${id}/keys`, JSON.stringify({ key: value }));
          expect(isKey || status === 400).toBe(true);
        }),
        { numRuns: 50 },
      );
      expect((await post(`/phone/calls/${id}/played`, '{"sound":-1}')).status).toBe(400);
      expect((await post(`/phone/calls/${id}/played`, '{"sound":99}')).status).toBe(204);
      await hangUp();
    });
    expect(messages.at(-1)).toMatchObject({ type: 'ended', how: 'You hung up.' });
  });
});

describe('a call', () => {
  const typesOf = (messages: readonly CallMessage[]) => messages.map(({ type }) => type);

  it('shows what is said, and each verb that is not heard', async () => {
    replies['/voice'] =
      `<Say language="de-DE">Press 1.</Say><Pause length="2"/><Record/><Dial>+815000000000</Dial><Hangup/>`;
    const { messages } = await page.call(SETTINGS, async (message, call) => {
      await playing()(message, call);
      if (message.type === 'verb' && message.verb === 'Pause') {
        const pause = () => waits.find(({ milliseconds }) => milliseconds === 2000);
        await until(() => pause() !== undefined);
        pause()?.end();
      }
    });
    expect(messages.slice(2)).toEqual([
      { type: 'say', sound: 0, text: 'Press 1.', language: 'de-DE', inPlaceOf: 'menu.mp3' },
      { type: 'verb', verb: 'Pause', detail: '2 s' },
      { type: 'verb', verb: 'Record', detail: 'a message (the sandbox leaves none)' },
      {
        type: 'verb',
        verb: 'Dial',
        detail: '+815000000000 (the sandbox calls nobody: there is no answer)',
      },
      { type: 'verb', verb: 'Hangup', detail: '' },
      { type: 'ended', how: 'The call flow hung up.', silences: 0 },
    ]);
  });

  it('ends with an application error where the TwiML is none, and says what was wrong', async () => {
    replies['/voice'] = '<Plai/>';
    replies['/fallback'] = '<Plai/>';
    const { messages } = await page.call(SETTINGS, playing());
    expect(rowsOf(messages).map(({ verb, failure }) => [verb, failure])).toEqual([
      ['voice', "Schema validation: the phone does not know <Plai> (Twilio's error 12200)."],
      ['fallback', "Schema validation: the phone does not know <Plai> (Twilio's error 12200)."],
    ]);
    expect(messages.at(-1)).toMatchObject({
      how: expect.stringMatching(/application error.*12200/),
    });
  });

  test.each([
    ['<Reject reason="busy"/>', 'The call was rejected.'],
    ['', 'The TwiML has no further verb, so Twilio hung up.'],
  ])('of the TwiML %j says how it ended', async (verbs, how) => {
    replies['/voice'] = verbs;
    const { messages } = await page.call(SETTINGS, () => undefined);
    expect(messages.at(-1)).toEqual({ type: 'ended', how, silences: 0 });
  });

  test.each([
    ['bytes=0-1', 206, 'bytes 0-1/3', 'mp'],
    ['bytes=0-2', 206, 'bytes 0-2/3', 'mp3'],
    ['bytes=1-', 206, 'bytes 1-2/3', 'p3'],
    ['bytes=2-999', 206, 'bytes 2-2/3', '3'],
    ['bytes=3-', 200, null, 'mp3'],
    ['bytes=2-1', 200, null, 'mp3'],
    ['bytes=0-0,2-2', 200, null, 'mp3'],
    ['seconds=0-1', 200, null, 'mp3'],
  ])(
    'gives its sounds in parts, as Safari asks for them: %s',
    async (range, status, part, text) => {
      const { id } = await page.call(SETTINGS, async (message, { hangUp }) => {
        if (message.type === 'sound') await hangUp();
      });
      const headers = { Range: range };
      const response = await fetch(`${page.origin}/phone/calls/${id}/sounds/0`, { headers });
      expect(response.status).toBe(status);
      expect(response.headers.get('content-range')).toBe(part);
      expect(await response.text()).toBe(text);
    },
  );

  it('breaks off, and says why, where a prompt cannot be presigned', async () => {
    failure = new PlayError('The role cannot be assumed.');
    const { messages } = await page.call(SETTINGS, () => undefined);
    expect(messages.at(-1)).toMatchObject({
      how: 'The call broke off: The role cannot be assumed.',
    });
    failure = undefined;
    const { id } = await page.call(SETTINGS, async (message, { hangUp }) => {
      if (message.type === 'sound') await hangUp();
    });
    failure = new PlayError('The role cannot be assumed.');
    const again = await page.post(`/phone/calls/${id}/requests/0/replay`, { appended: true });
    expect([again.status, await again.text()]).toEqual([
      500,
      'That did not work: The role cannot be assumed.',
    ]);
  });

  it('skips what is nested in a Gather after a key, and loses keys during a bare Play', async () => {
    replies['/voice'] =
      '<Play>/welcome.mp3</Play><Gather numDigits="1"><Say>one</Say><Play>/two.mp3</Play></Gather>';
    const settings = { source: 'project', append: 'never' } as const;
    const { messages } = await page.call(settings, async (message, call) => {
      if (message.type === 'sound') {
        await call.press('7');
        await call.played(message.sound);
      }
      if (message.type === 'say') await call.press('5');
      if (message.type === 'pressed') await call.hangUp();
    });
    const upToPressed = messages.slice(0, typesOf(messages).indexOf('pressed') + 1);
    expect(typesOf(upToPressed)).toEqual([
      'started',
      'request',
      'request',
      'sound',
      'listening',
      'say',
      'pressed',
    ]);
    expect(upToPressed.at(-1)).toEqual({ type: 'pressed', digits: '5' });
  });

  it('that no page follows ends after a while, and goes on where the page comes back', async () => {
    const begun = await page.post('/phone/calls', SETTINGS);
    const { id } = (await begun.json()) as { id: string };
    const absences = () => waits.filter(({ milliseconds }) => milliseconds === 15_000);
    expect(absences()).toHaveLength(1);
    const first = page.follow(id);
    await first.next();
    expect(absences()).toHaveLength(0);
    await first.return(undefined);
    await until(() => absences().length > 0);
    const second = page.follow(id);
    await second.next();
    expect(absences()).toHaveLength(0);
    await second.return(undefined);
    await until(() => absences().length > 0);
    absences()[0]?.end();
    const messages: CallMessage[] = [];
    for await (const message of page.follow(id)) messages.push(message);
    expect(messages.at(-1)).toMatchObject({
      type: 'ended',
      how: 'The page was closed, so the call was hung up.',
    });
  });

  it('is forgotten when twenty others have begun since', async () => {
    const ids: string[] = [];
    for (let count = 0; count < 21; count += 1) {
      const begun = await page.post('/phone/calls', SETTINGS);
      ids.push(((await begun.json()) as { id: string }).id);
    }
    const { calls } = await page.state();
    expect(calls.map(({ id }) => id)).toEqual(ids.slice(1).reverse());
    expect((await page.get(`/phone/calls/${ids[0]}`)).status).toBe(404);
  });

  it('sends requests again up to a limit', async () => {
    const { replay, id } = await page.call(SETTINGS, async (message, { hangUp }) => {
      if (message.type === 'sound') await hangUp();
    });
    for (let count = 0; count < 100; count += 1) await replay(0, false);
    const refused = await page.post(`/phone/calls/${id}/requests/0/replay`, { appended: true });
    expect(refused.status).toBe(429);
    expect(await refused.text()).toMatch(/make a new call\.$/);
  });

  it('signs a medium that is sent again, where the first was signed', async () => {
    const hangUpAtOnce: Reaction = async (message, { hangUp }) => {
      if (message.type === 'sound') await hangUp();
    };
    const { replay } = await page.call(SETTINGS, hangUpAtOnce);
    await replay(1, true);
    expect(sent.at(-1)?.headers).toEqual({});
    expect(sent.at(-1)?.url).toContain('/welcome.mp3?Called=');

    await close();
    await open({ AUDIO_VISIBILITY: 'protected' });
    const { replay: replaySigned } = await page.call(SETTINGS, hangUpAtOnce);
    await replaySigned(1, true);
    const { url = '', headers } = sent.at(-1) ?? {};
    const signature = String(headers?.['X-Twilio-Signature']);
    expect(validateRequest(VARIABLES.AUTH_TOKEN, signature, url, {})).toBe(true);
  });
});

describe("with a user's own bucket", () => {
  it('S3 is not stopped', async () => {
    expect(await page.state()).toMatchObject({ ownBucket: true, bucket: 'prompts' });
    const refused = await page.post('/phone/switches', { s3Stopped: true });
    expect([refused.status, await refused.text()]).toEqual([
      409,
      'The bucket is your own: the sandbox cannot stop its S3.',
    ]);
  });
});
