import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Agent, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type LookupFunction, type Server } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Listening, listen } from '../../sandbox/listen';
import { noConnection } from '../../src/twilio/errors';
import { encodeMultipart, type MultipartForm } from '../../src/twilio/multipart';
import { sendRequest, type TwilioRequest } from '../../src/twilio/request';

const running: (Listening | Server)[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

async function serve(
  listener: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<string> {
  const server = await listen(listener);
  running.push(server);
  return server.url;
}

const content = randomBytes(3_000_000);

const formOf = (file: Partial<MultipartForm['file']> = {}): MultipartForm => ({
  fields: { Path: '/a.mp3', Visibility: 'public' },
  file: { field: 'Content', filename: 'a.mp3', contentType: 'audio/mpeg', content, ...file },
});

async function postMultipart({
  form,
  ...request
}: Omit<TwilioRequest, 'method' | 'body'> & { readonly form: MultipartForm }) {
  return sendRequest({ ...request, method: 'POST', body: await encodeMultipart(form) });
}

const post = (url: string, timeoutMs = 20_000, agent?: Agent) =>
  postMultipart({ url, form: formOf(), timeoutMs, agent, auth: 'AC0:a:token' });

describe('a form with a file', () => {
  it('arrives unchanged, whatever the file holds', async () => {
    const read: FormData[] = [];
    const url = await serve(async (request, response) => {
      const body = new Uint8Array(await buffer(request));
      const type = request.headers['content-type'] ?? '';
      expect(Number(request.headers['content-length'])).toBe(body.length);
      read.push(
        await new Request(url, {
          method: 'POST',
          body,
          headers: { 'content-type': type },
        }).formData(),
      );
      response.end();
    });
    const text = fc.string({ unit: 'grapheme' });
    const filename = fc.string({ unit: 'grapheme', minLength: 1 });
    await fc.assert(
      fc.asyncProperty(
        text,
        fc.uint8Array({ maxLength: 200 }),
        filename,
        async (path, bytes, name) => {
          const form = {
            ...formOf({ content: Buffer.from(bytes), filename: name }),
            fields: { Path: path },
          };
          await postMultipart({ url, form, timeoutMs: 20_000 });
          const arrived = read.pop();
          const file = arrived?.get('Content');
          expect(arrived?.get('Path')).toBe(path.replace(/\r\n?|\n/g, '\r\n'));
          expect(file instanceof Blob && Buffer.from(await file.arrayBuffer())).toEqual(
            Buffer.from(bytes),
          );
        },
      ),
      { numRuns: 50 },
    );
  });

  it('brings status, headers and the body, parsed if it is JSON', async () => {
    const url = await serve(({ headers, url: path }, response) => {
      response.setHeader('retry-after', '7');
      response.writeHead(path === '/json' ? 201 : 429);
      response.end(path === '/json' ? JSON.stringify(headers.authorization) : '<html>');
    });
    const basic = `Basic ${Buffer.from('AC0:a:token').toString('base64')}`;
    expect(await post(`${url}/json`)).toMatchObject({ statusCode: 201, body: basic });
    expect(await post(`${url}/html`)).toMatchObject({
      statusCode: 429,
      headers: { 'retry-after': '7' },
      body: '<html>',
    });
  });

  it('brings a compressed body whole, and no damaged one', async () => {
    const zipped = gzipSync(JSON.stringify({ sid: 'ZB0', path: '営業' }));
    const url = await serve(({ headers, url: path }, response) => {
      expect(headers['accept-encoding']).toBe('gzip');
      response.setHeader('content-encoding', 'gzip');
      response.end(path === '/whole' ? zipped : zipped.subarray(0, -9));
    });
    expect(await post(`${url}/whole`)).toMatchObject({ body: { sid: 'ZB0', path: '営業' } });
    await expect(post(`${url}/damaged`)).rejects.toThrow('unexpected end of file');
  });

  it.each<[string, Buffer]>([
    ['gzip', Buffer.alloc(0)],
    ['GZip', gzipSync('')],
    ['x-gzip', gzipSync('')],
  ])('brings an empty body in the coding %s', async (coding, body) => {
    const url = await serve((_, response) => {
      response.writeHead(204, { 'content-encoding': coding }).end();
    });
    const zipped = await serve((_, response) => {
      response.writeHead(200, { 'content-encoding': coding }).end(body);
    });
    expect(await post(url)).toMatchObject({ statusCode: 204, body: '' });
    expect(await post(zipped)).toMatchObject({ statusCode: 200, body: '' });
  });

  it('says who sends it', async () => {
    const url = await serve(({ headers }, response) => {
      response.end(JSON.stringify(headers['user-agent']));
    });
    expect(await post(url)).toMatchObject({ body: 'twilio-s3-play' });
  });

  it('is not sent on when the response comes early', async () => {
    let received = 0;
    let closed: Promise<unknown> | undefined;
    const url = await serve((request, response) => {
      closed = once(request.socket, 'close');
      request.once('data', (chunk: Buffer) => {
        received = chunk.length;
        request.pause();
        response.writeHead(413).end('{}');
      });
    });
    // More than the buffers of both ends hold.
    const form = formOf({ content: Buffer.alloc(50_000_000) });
    const response = await postMultipart({ url, form, timeoutMs: 20_000 });
    expect(response).toMatchObject({ statusCode: 413 });
    await closed;
    expect(received).toBeLessThan(50_000_000);
  });
});

describe('an upload without a response', () => {
  it('fails at its time-out', async () => {
    const url = await serve(() => {});
    await expect(post(url, 100)).rejects.toThrow('no response within 0.1 s');
  });

  it('fails at its time-out in the middle of the response', async () => {
    const url = await serve((_, response) => response.writeHead(201).write('{'));
    await expect(post(url, 100)).rejects.toThrow('no response within 0.1 s');
  });

  it('fails at its time-out before it has a connection', async () => {
    const url = await serve(() => {});
    const agent = new Agent({ maxSockets: 1 });
    const first = post(url, 2000, agent).catch(() => {});
    await expect(post(url, 100, agent)).rejects.toThrow('no response within 0.1 s');
    agent.destroy();
    await first;
  });

  it('fails with the reason of a broken connection', async () => {
    const silent = createTcpServer((socket) => socket.destroy());
    running.push(silent);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const address = silent.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    await expect(post(`http://127.0.0.1:${port}`)).rejects.toThrow(/ECONNRESET|EPIPE|hang up/);
  });

  it('fails with the reason of each address of a host that has several', async () => {
    const lookup: LookupFunction = (_, __, callback) =>
      callback(null, [
        { address: '127.0.0.1', family: 4 },
        { address: '::1', family: 6 },
      ]);
    const failed = post('http://host.example.test:1', 20_000, new Agent({ lookup }));
    const { message } = await failed.then(() => noConnection(undefined), noConnection);
    expect(message).toMatch(/could not be reached: .*127\.0\.0\.1:1; .*::1:1$/);
  });
});
