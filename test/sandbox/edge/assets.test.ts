import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createEdge, type Edge } from '../../../sandbox/edge/server';
import type { HostedBuild } from '../../../sandbox/hosted-build';
import { type Listening, listen } from '../../../sandbox/listen';
import {
  type EdgeRequest,
  hostedBuild,
  hostedFile,
  sendRequest,
} from '../../helpers/sandbox/start-edge';

const PATH = '/audio/menu.0123456789abcdef.mp3';
const CONTENT = Buffer.from(Array.from({ length: 1_000 }, (_, index) => index % 256));
let edge: Edge;
let server: Listening;
let liveBuild: HostedBuild | undefined;
let now = Date.UTC(2024, 0, 1);
const request = (target: string, options?: EdgeRequest) =>
  sendRequest(server.port, target, options);

beforeAll(async () => {
  edge = createEdge({
    liveBuild: () => liveBuild,
    accountSid: `AC${'0'.repeat(32)}`,
    authToken: 'a token for tests',
    domainName: 'localhost',
    projectDirectory: process.cwd(),
    directory: `.sandbox/edge-test-${process.pid}`,
    now: () => now,
  });
  server = await listen(edge.listener);
});
afterAll(async () => {
  await server.close();
  await edge.close();
});
beforeEach(() => {
  const prompt = hostedFile(PATH, CONTENT, { contentType: 'audio/mpeg' });
  liveBuild = hostedBuild({ assets: [prompt] });
});

describe('an Asset', () => {
  it('is served with the type of its upload, its length and its validators', async () => {
    const response = await request(PATH);
    expect(response.status).toBe(200);
    expect(response.body.equals(CONTENT)).toBe(true);
    expect(response.headers).toMatchObject({
      'content-type': 'audio/mpeg',
      'content-length': '1000',
      'last-modified': 'Mon, 01 Jan 2024 00:00:00 GMT',
      'cache-control': 'public, max-age=0',
      'accept-ranges': 'bytes',
    });
    expect(response.headers.etag).toMatch(/^"[0-9a-f]{32}"$/);
  });

  it('keeps the upload’s type without a charset', async () => {
    const page = hostedFile('/page', '<p>', { contentType: 'text/html' });
    liveBuild = hostedBuild({ assets: [page] });
    expect((await request('/page')).headers['content-type']).toBe('text/html');
  });

  it('is the same whatever parameters are appended', async () => {
    const response = await request(`${PATH}?Called=%2B81&ToState=&CallSid=CA1&Called=again&%=`);
    expect(response.body.equals(CONTENT)).toBe(true);
  });

  it('has headers and no body for HEAD', async () => {
    const response = await request(PATH, { method: 'HEAD' });
    expect(response.status).toBe(200);
    expect(response.headers['content-length']).toBe('1000');
    expect(response.body.length).toBe(0);
  });

  it('allows GET, HEAD and OPTIONS', async () => {
    const options = await request(PATH, { method: 'OPTIONS' });
    expect(options.status).toBe(204);
    expect(options.headers.allow).toBe('GET, HEAD, OPTIONS');
    expect((await request(PATH, { method: 'POST' })).status).toBe(405);
  });

  it.each([
    ['bytes=0-9', 206, 'bytes 0-9/1000', 10],
    ['bytes=990-', 206, 'bytes 990-999/1000', 10],
    ['bytes=-1', 206, 'bytes 999-999/1000', 1],
    ['bytes=0-5000', 206, 'bytes 0-999/1000', 1_000],
    ['bytes=1000-', 416, 'bytes */1000', 0],
    ['bytes=0-1,5-6', 200, undefined, 1_000],
    ['items=0-1', 200, undefined, 1_000],
    ['bytes=x', 200, undefined, 1_000],
  ])('answers the range %s with %i', async (range, status, contentRange, length) => {
    const response = await request(PATH, { headers: { range } });
    expect(response.status).toBe(status);
    expect(response.headers['content-range']).toBe(contentRange);
    expect(response.body.length).toBe(length);
    const start = contentRange?.match(/\d+/)?.[0] ?? '0';
    if (status === 206) {
      expect(response.body.equals(CONTENT.subarray(Number(start), Number(start) + length))).toBe(
        true,
      );
    }
  });

  it('is sent in part only for the version that If-Range names', async () => {
    const { etag = '' } = (await request(PATH)).headers;
    const part = (ifRange: string) =>
      request(PATH, { headers: { range: 'bytes=0-9', 'if-range': ifRange } });
    expect((await part(etag)).status).toBe(206);
    expect((await part('"other"')).status).toBe(200);
  });

  it('is sent whole for HEAD with a range, and for a weak If-Range', async () => {
    const { etag = '' } = (await request(PATH)).headers;
    const range = 'bytes=0-9';
    expect((await request(PATH, { method: 'HEAD', headers: { range } })).status).toBe(200);
    const weak = { range, 'if-range': `W/${etag}` };
    expect((await request(PATH, { headers: weak })).status).toBe(200);
  });

  it('is refused with 412 when If-Match names another version', async () => {
    const { etag = '' } = (await request(PATH)).headers;
    expect((await request(PATH, { headers: { 'if-match': etag } })).status).toBe(200);
    expect((await request(PATH, { headers: { 'if-match': '"other"' } })).status).toBe(412);
  });

  it('is answered with 304 to a client that has it', async () => {
    const { etag = '' } = (await request(PATH)).headers;
    const again = await request(PATH, { headers: { 'if-none-match': `"x", W/${etag}` } });
    expect(again.status).toBe(304);
    expect(again.headers.etag).toBe(etag);
    expect(again.body.length).toBe(0);
    expect((await request(PATH, { headers: { 'if-none-match': '"x"' } })).status).toBe(200);
  });

  it('keeps its Last-Modified from Build to Build, and has a new one with a new version', async () => {
    const [asset] = liveBuild?.assets ?? [];
    const first = await request(PATH);
    now += 60_000;
    liveBuild = hostedBuild({ assets: asset ? [asset] : [] });
    const carriedOver = await request(PATH);
    expect(carriedOver.headers['last-modified']).toBe(first.headers['last-modified']);
    liveBuild = hostedBuild({ assets: [hostedFile(PATH, 'new', { contentType: 'audio/mpeg' })] });
    const replaced = await request(PATH, {
      headers: { 'if-modified-since': first.headers['last-modified'] ?? '' },
    });
    expect(replaced.status).toBe(200);
    expect(replaced.text).toBe('new');
  });

  it('is found by its percent-encoded name', async () => {
    liveBuild = hostedBuild({
      assets: [hostedFile('/音声.mp3', 'x', { contentType: 'audio/mpeg' })],
    });
    expect((await request('/%E9%9F%B3%E5%A3%B0.mp3')).text).toBe('x');
  });
});

describe('the root', () => {
  const page = (path: string) => hostedFile(path, path, { contentType: 'text/html' });

  it.each(['/', '/?a=1'])(
    'serves /assets/index.html to %s, and /index.html only there',
    async (path) => {
      liveBuild = hostedBuild({ assets: [page('/index.html')] });
      expect((await request(path)).status).toBe(404);
      liveBuild = hostedBuild({ assets: [page('/index.html'), page('/assets/index.html')] });
      expect((await request(path)).text).toBe('/assets/index.html');
      expect((await request('/index.html')).text).toBe('/index.html');
    },
  );
});

describe('a path without a file', () => {
  it.each(['/', '/missing', `${PATH}/`, `/${PATH}`, '/audio/../audio'])(
    'answers 404: %s',
    async (path) => {
      expect((await request(path)).status).toBe(404);
    },
  );

  it('is every path while no Build is live', async () => {
    liveBuild = undefined;
    expect((await request(PATH)).status).toBe(404);
  });
});
