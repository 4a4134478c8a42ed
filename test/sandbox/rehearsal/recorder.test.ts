import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import express from 'express';
import { type Listening, listen } from '../../../sandbox/listen';
import { type RecordedExchange, recordExchanges } from '../../../sandbox/rehearsal/recorder';

let server: Listening | undefined;
afterEach(() => server?.close());

async function record(listener: Parameters<typeof recordExchanges>[0]) {
  const exchanges: RecordedExchange[] = [];
  server = await listen(recordExchanges(listener, (exchange) => exchanges.push(exchange)));
  return { url: server.url, exchanges };
}

describe('the recorder', () => {
  it('keeps both bodies byte for byte, and changes neither', async () => {
    const app = express();
    app.use(express.raw({ type: '*/*' }));
    app.post('/echo', (request, response) => {
      response.status(201).type('audio/mpeg').send(request.body);
    });
    const { url, exchanges } = await record(app);
    const body = new Uint8Array([0, 255, 13, 10, 128]);
    const headers = { 'content-type': 'audio/mpeg' };
    const response = await fetch(`${url}/echo?x=%2B`, { method: 'POST', headers, body });
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(body);
    expect(exchanges).toMatchObject([
      {
        method: 'POST',
        host: new URL(url).host,
        target: '/echo?x=%2B',
        requestBody: Buffer.from(body),
        status: 201,
        contentType: 'audio/mpeg',
        responseBody: Buffer.from(body),
      },
    ]);
  });

  it('keeps a response that comes in pieces', async () => {
    const { url, exchanges } = await record((_, response) => {
      response.write('a');
      response.write(Buffer.from('b'));
      response.end('c');
    });
    expect(await (await fetch(url)).text()).toBe('abc');
    expect(exchanges.map(({ responseBody }) => responseBody.toString())).toEqual(['abc']);
  });

  it('continues after a request that breaks off in its body', async () => {
    const { url, exchanges } = await record((_, response) => response.end('whole'));
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    const head = ['POST / HTTP/1.1', 'Host: x', 'Content-Length: 9', 'Expect: 100-continue'];
    socket.write(`${head.join('\r\n')}\r\n\r\n`);
    await once(socket, 'data');
    socket.end('half').destroySoon();
    await once(socket, 'close');
    expect(await (await fetch(url)).text()).toBe('whole');
    expect(exchanges.map(({ method }) => method)).toEqual(['GET']);
  });

  it('keeps a response without a body', async () => {
    const { url, exchanges } = await record((_, response) => response.writeHead(204).end());
    await fetch(url, { method: 'DELETE' });
    expect(exchanges).toMatchObject([{ status: 204, responseBody: Buffer.alloc(0) }]);
  });
});
