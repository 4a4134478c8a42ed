import { existsSync, readdirSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  hostedFile,
  requestUntil,
  startEdge,
  type TestEdge,
} from '../../helpers/sandbox/start-edge';

let edge: TestEdge;
/** Cuts Functions after 50 ms. */
let hasty: TestEdge;
beforeAll(async () => {
  [edge, hasty] = await Promise.all([startEdge(), startEdge({ functionTimeoutMs: 50 })]);
});
afterAll(async () => {
  await Promise.all([edge.close(), hasty.close()]);
});

const handler = (body: string) => `exports.handler = ${body};`;
const say = (text: string) => handler(`(context, event, callback) => callback(null, '${text}')`);

describe('a Function on the edge', () => {
  it('gets the environment as its context', async () => {
    const dump = handler(`(context, event, callback) => callback(null, {
      service: context.SERVICE_SID, environment: context.ENVIRONMENT_SID, path: context.PATH,
      domain: context.DOMAIN_NAME, account: context.ACCOUNT_SID, token: context.AUTH_TOKEN,
      variable: context.GREETING, own: context.getTwilioClient !== undefined })`);
    await edge.deploy({
      functions: [hostedFile('/dump', dump)],
      variables: { GREETING: 'hello', ACCOUNT_SID: 'not from a variable' },
    });
    expect(JSON.parse((await edge.request('/dump')).text)).toEqual({
      service: `ZS${'0'.repeat(32)}`,
      environment: `ZE${'0'.repeat(32)}`,
      path: '/dump',
      domain: edge.origin.replace('http://', ''),
      account: `AC${'0'.repeat(32)}`,
      token: 'a token for tests',
      variable: 'hello',
      own: true,
    });
  });

  it('resolves the twilio package of the project', async () => {
    const twiml = handler(`(context, event, callback) => {
      const { VoiceResponse } = require('twilio').twiml;
      const response = new VoiceResponse();
      response.say('hi');
      callback(null, response);
    }`);
    await edge.deploy({ functions: [hostedFile('/voice', twiml)] });
    const response = await edge.request('/voice');
    expect(response.headers['content-type']).toBe('text/xml; charset=utf-8');
    expect(response.text).toContain('<Response><Say>hi</Say></Response>');
  });

  it('gets the query and the form of a request, although the edge has read the body', async () => {
    const echo = handler(`(context, event, callback) => {
      setTimeout(() => callback(null, event), 10);
    }`);
    await edge.deploy({ functions: [hostedFile('/echo', echo)] });
    const response = await edge.request('/echo?a=1&Digits=0', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-custom': 'yes' },
      body: 'Digits=5&From=%2B81',
    });
    const event = JSON.parse(response.text);
    expect(event).toMatchObject({ a: '1', Digits: '5', From: '+81' });
    expect(event.request.headers['x-custom']).toBe('yes');
  });

  it('sends bytes unchanged', async () => {
    const audio = handler(`(context, event, callback) => {
      const response = new Twilio.Response();
      response.appendHeader('Content-Type', 'audio/mpeg');
      response.setBody(Buffer.from([0, 255, 195, 40]));
      callback(null, response);
    }`);
    await edge.deploy({ functions: [hostedFile('/audio', audio)] });
    expect([...(await edge.request('/audio')).body]).toEqual([0, 255, 195, 40]);
  });

  it('loads private Functions and Assets by their path', async () => {
    const read = handler(`(context, event, callback) => {
      const manifest = require(Runtime.getFunctions()['manifest.12ab'].path);
      const asset = Runtime.getAssets()['/call-flow.json'];
      callback(null, { manifest, asset: asset.open(), names: Object.keys(Runtime.getAssets()) });
    }`);
    await edge.deploy({
      functions: [
        hostedFile('/read', read),
        hostedFile('/manifest.12ab', 'module.exports = { paths: 3 };', { visibility: 'private' }),
      ],
      assets: [
        hostedFile('/call-flow.json', '{"menu":1}', { visibility: 'private' }),
        hostedFile('/public.txt', 'public'),
      ],
    });
    expect(JSON.parse((await edge.request('/read')).text)).toEqual({
      manifest: { paths: 3 },
      asset: '{"menu":1}',
      names: ['/call-flow.json'],
    });
  });

  it('cannot require a sibling by a relative path, as on Twilio', async () => {
    await edge.deploy({
      functions: [hostedFile('/a', `require('./b');${say('a')}`), hostedFile('/b', say('b'))],
    });
    const response = await edge.request('/a');
    expect(response.status).toBe(500);
    expect(response.text).toContain('Cannot find module');
  });

  it.each(['HEAD', 'PUT', 'DELETE', 'PATCH'])('does not answer %s', async (method) => {
    await edge.deploy({ functions: [hostedFile('/tested', say('tested'))] });
    const response = await edge.request('/tested', { method });
    expect(response.status).toBe(405);
    expect(response.headers.allow).toBe('GET, POST, OPTIONS');
  });

  it('is stopped at its time-out, and its later callback is ignored', async () => {
    const slow = handler(`(context, event, callback) => {
      globalThis.release = () => {
        callback(null, 'late');
        globalThis.wasLate = true;
      };
    }`);
    const release = handler(`(context, event, callback) => {
      globalThis.release();
      callback(null, String(globalThis.wasLate));
    }`);
    await hasty.deploy({ functions: [hostedFile('/slow', slow), hostedFile('/release', release)] });
    const response = await hasty.request('/slow');
    expect(response.status).toBe(504);
    expect(JSON.parse(response.text)).toEqual({
      code: 82002,
      message: 'runtime application timed out',
      more_info: 'https://www.twilio.com/docs/errors/82002',
      status: 504,
    });
    await requestUntil(hasty, '/release', 'true');
  });

  it.each([
    ['a handler that throws', `() => { throw new Error('boom') }`],
    ['an error for the callback', `(c, e, callback) => callback(new Error('boom'))`],
  ])('answers 500 for %s, and the edge stays up', async (_, body) => {
    await edge.deploy({
      functions: [hostedFile('/tested', handler(body)), hostedFile('/other', say('other'))],
    });
    const response = await edge.request('/tested');
    expect(response.status).toBe(500);
    expect(JSON.parse(response.text).message).toBe('boom');
    expect((await edge.request('/other')).text).toBe('other');
  });

  it.each([
    ['is async', `async (c, e, callback) => callback(null, 'f')`],
    ['is async and throws', `async () => { throw new Error('boom') }`],
    ['returns a promise', `(c, e, callback) => Promise.resolve().then(() => callback(null, 'f'))`],
  ])('is refused when its handler %s', async (_, body) => {
    await edge.deploy({
      functions: [hostedFile('/tested', handler(body)), hostedFile('/other', say('other'))],
    });
    const response = await edge.request('/tested');
    expect(response.status).toBe(500);
    expect(JSON.parse(response.text).message).toContain('The handler returned a promise');
    expect((await edge.request('/other')).text).toBe('other');
  });

  it('is refused, too, when its exports cannot be redefined, as in a bundle', async () => {
    const bundle = `Object.defineProperty(module.exports, 'handler', {
      get: () => async () => { throw new Error('boom') }, enumerable: true });`;
    await edge.deploy({ functions: [hostedFile('/tested', bundle)] });
    expect((await edge.request('/tested')).status).toBe(500);
  });

  it('ends at its first callback, whatever follows', async () => {
    const twice = handler(`(context, event, callback) => {
      callback(null, 'first');
      callback(null, 'second');
      throw new Error('after the end');
    }`);
    await edge.deploy({ functions: [hostedFile('/tested', twice)] });
    expect((await edge.request('/tested')).text).toBe('first');
    expect((await edge.request('/tested')).text).toBe('first');
  });

  it('answers 500 for a payload that cannot be sent', async () => {
    const circular = handler(`(context, event, callback) => {
      const payload = {};
      payload.payload = payload;
      callback(null, payload);
    }`);
    await edge.deploy({ functions: [hostedFile('/tested', circular)] });
    expect((await edge.request('/tested')).status).toBe(500);
  });

  it.each([
    ['4.6 MB of audio, base64 over 6 MiB', 'audio/mpeg', 4_800_000, 500],
    ['4.6 MB of text', 'text/plain', 4_800_000, 200],
    ['4.4 MB of audio', 'audio/mpeg', 4_600_000, 200],
    ['6.5 MB of JSON', 'application/json', 6_500_000, 500],
  ])('answers up to 6 MiB: %s', async (_, type, size, status) => {
    const big = handler(`(context, event, callback) => {
      const response = new Twilio.Response();
      response.appendHeader('Content-Type', '${type}');
      response.appendHeader('ETag', '"big"');
      response.setBody(Buffer.alloc(${size}, 97));
      callback(null, response);
    }`);
    await edge.deploy({ functions: [hostedFile('/tested', big)] });
    const response = await edge.request('/tested');
    expect(response.status).toBe(status);
    if (status === 500) {
      expect(JSON.parse(response.text)).toMatchObject({ code: 82002, status: 500 });
      expect(response.headers.etag).toBeUndefined();
    } else {
      expect(response.body.length).toBe(size);
    }
  });

  it('gets no body over 6 MiB', async () => {
    await edge.deploy({ functions: [hostedFile('/tested', say('tested'))] });
    const send = (size: number) =>
      edge.request('/tested', {
        method: 'POST',
        headers: { 'content-type': 'application/octet-stream' },
        body: Buffer.alloc(size),
      });
    expect((await send(6 * 1024 * 1024)).status).toBe(200);
    expect((await send(6 * 1024 * 1024 + 1)).status).toBe(413);
  });
});

describe('a deployment', () => {
  const build = (version: string) => ({
    functions: [
      hostedFile(
        '/slow',
        handler(`(context, event, callback) => {
          new Promise((resolve) => { globalThis.release = resolve; }).then(() => {
            const { version } = require(Runtime.getFunctions().version.path);
            callback(null, [version, Runtime.getAssets()['/v.txt'].open(), context.V].join(' '));
          });
        }`),
      ),
      hostedFile(
        '/begun',
        handler('(c, e, callback) => callback(null, typeof globalThis.release)'),
      ),
      hostedFile('/release', handler(`(c, e, callback) => callback(null, globalThis.release())`)),
      hostedFile('/version', `exports.version = '${version}';`, { visibility: 'private' }),
    ],
    assets: [hostedFile('/v.txt', `asset ${version}`, { visibility: 'private' })],
    variables: { V: `variable ${version}` },
  });

  it('leaves requests in progress on the Build that they started with', async () => {
    await edge.deploy(build('one'));
    const inFlight = edge.request('/slow');
    await requestUntil(edge, '/begun', 'function');
    await edge.deploy(build('two'));
    await edge.request('/release');
    expect((await inFlight).text).toBe('one asset one variable one');
  });

  it('removes the replaced Build once none of its requests can be left', async () => {
    for (const text of ['old', 'new']) {
      await hasty.deploy({ functions: [hostedFile('/tested', say(text))] });
      expect((await hasty.request('/tested')).text).toBe(text);
    }
    while (readdirSync(hasty.directory).length > 1) await setImmediate();
    expect((await hasty.request('/tested')).text).toBe('new');
  });

  it('brings new code to the same path', async () => {
    await edge.deploy({ functions: [hostedFile('/tested', say('old'))] });
    expect((await edge.request('/tested')).text).toBe('old');
    await edge.deploy({ functions: [hostedFile('/tested', say('new'))] });
    expect((await edge.request('/tested')).text).toBe('new');
  });

  it('loads the same Build again when a variable changed', async () => {
    const remember = `let known;${handler(`(context, event, callback) => {
      known ??= context.V;
      callback(null, known);
    }`)}`;
    const functions = [hostedFile('/tested', remember)];
    const buildSid = `ZB${'f'.repeat(32)}`;
    await edge.deploy({ buildSid, functions, variables: { V: 'before' } });
    expect((await edge.request('/tested')).text).toBe('before');
    await edge.deploy({ buildSid, functions, variables: { V: 'before' } });
    expect((await edge.request('/tested')).text).toBe('before');
    await edge.deploy({ buildSid, functions, variables: { V: 'after' } });
    expect((await edge.request('/tested')).text).toBe('after');
  });
});

describe('closing the edge', () => {
  it('removes what the runtime left in the process and on the disk', async () => {
    const other = await startEdge();
    await other.deploy({ functions: [hostedFile('/tested', say('tested'))] });
    expect((await other.request('/tested')).text).toBe('tested');
    expect(existsSync(other.directory)).toBe(true);
    expect(await other.close()).toMatchObject({ responseStayed: true, leftGlobals: [] });
    expect(existsSync(other.directory)).toBe(false);
  });

  it('lets a Function that still runs end, and the process with it', async () => {
    const other = await startEdge();
    const slow = handler(`(context, event, callback) => {
      globalThis.begun = 'yes';
      process.once('disconnect', () => callback(null, new Twilio.Response()));
    }`);
    const begun = handler('(c, e, callback) => callback(null, globalThis.begun)');
    await other.deploy({ functions: [hostedFile('/slow', slow), hostedFile('/begun', begun)] });
    const inFlight = other.request('/slow').catch(() => undefined);
    await requestUntil(other, '/begun', 'yes');
    const { leftGlobals } = await other.close();
    expect(leftGlobals).toContain('Twilio');
    await inFlight;
  });
});
