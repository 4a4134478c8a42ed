import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { request as requestTls } from 'node:https';
import { Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { call } from '../../../phone';
import { type Internet, startInternet } from '../../../sandbox/rehearsal/internet';
import { routeToLoopback } from '../../../sandbox/rehearsal/loopback';

let internet: Internet;
beforeAll(async () => {
  internet = await startInternet({
    'one.example': ({ url, headers }, response) => response.end(`one ${headers.host}${url}`),
    'two.example': (_, response) => response.end('two'),
    'voice.example': ({ headers }, response) =>
      response
        .writeHead(200, { 'Content-Type': 'text/xml', 'X-Host': headers.host })
        .end('<Response><Hangup/></Response>'),
  });
});
afterAll(() => internet.close());

/** Asks the proxy for a tunnel; gives its answer and the socket. */
async function tunnel(authority: string): Promise<{ status: number | undefined; socket: Socket }> {
  const { hostname, port } = new URL(internet.proxyUrl);
  const asked = request({ hostname, port, method: 'CONNECT', path: authority });
  asked.end();
  const [response, socket] = await once(asked, 'connect');
  return { status: response.statusCode, socket };
}

async function get(host: string, ca: string | undefined): Promise<string> {
  const { socket } = await tunnel(`${host}:443`);
  const secure = connect({ socket, servername: host, ca });
  const asked = requestTls({
    host,
    path: '/a?b=1',
    createConnection: () => secure,
    defaultPort: 443,
  });
  asked.end();
  const [response]: IncomingMessage[] = await once(asked, 'response');
  return response ? text(response) : '';
}

describe('the rehearsal’s Internet', () => {
  it('serves several hosts behind one proxy, with TLS', async () => {
    expect(await get('one.example', internet.authority)).toBe('one one.example/a?b=1');
    expect(await get('two.example', internet.authority)).toBe('two');
  });

  it('is not trusted without its authority', async () => {
    await expect(get('one.example', undefined)).rejects.toThrow(/self-signed|unable to verify/);
  });

  it.each(['three.example:443', 'one.example:80', 'serverless.twilio.com:443', 'toString:443'])(
    'does not lead to %s',
    async (authority) => {
      const { status, socket } = await tunnel(authority);
      socket.destroy();
      expect(status).toBe(403);
    },
  );

  it('refuses what is not a tunnel with 405', async () => {
    expect((await fetch(internet.proxyUrl)).status).toBe(405);
  });

  it('has a new authority every time', async () => {
    const other = await startInternet({ 'one.example': (_, response) => response.end() });
    await other.close();
    expect(other.authority).not.toBe(internet.authority);
  });

  it('is reached by a phone that knows no proxy', async () => {
    const steps = [];
    const conversation = call({
      voiceUrl: 'https://voice.example/voice',
      accountSid: `AC${'0'.repeat(32)}`,
      authToken: 'a token for tests',
      from: '+819012345678',
      to: '+815012345678',
      append: 'never',
      send: internet.send,
    });
    for await (const step of conversation) steps.push(step.verb);
    expect(steps).toEqual(['voice', 'Hangup']);
  });
});

describe('the rehearsal’s Internet, for a process that is routed to it', () => {
  let takeBack: () => void;
  beforeAll(() => {
    takeBack = routeToLoopback(internet);
  });
  afterAll(() => takeBack());

  it('is reached directly, under its own names, by every client of Node', async () => {
    const [response]: IncomingMessage[] = await once(
      requestTls('https://one.example/a').end(),
      'response',
    );
    expect(response && (await text(response))).toBe('one one.example/a');
    expect(await (await fetch('https://two.example/')).text()).toBe('two');
  });

  it.each([
    ['three.example', 443],
    ['192.0.2.1', 443],
    ['one.example', 8443],
  ])('does not lead to %s, port %i', async (host, port) => {
    const asked = requestTls({ host, port, path: '/' }).end();
    await expect(once(asked, 'response')).rejects.toThrow(
      `${host}:${port} is not served on this machine`,
    );
    await expect(once(new Socket().connect(port, host), 'connect')).rejects.toThrow('not served');
  });

  it('still leads to other servers of this machine', async () => {
    expect((await fetch(internet.proxyUrl)).status).toBe(405);
  });

  it('leads to the later of two hosts with one name, until that route ends', async () => {
    const other = await startInternet({ 'two.example': (_, response) => response.end('later') });
    const leave = routeToLoopback(other);
    const ask = async () => {
      const asked = requestTls('https://two.example/', { agent: false }).end();
      const [response]: IncomingMessage[] = await once(asked, 'response');
      return response && text(response);
    };
    expect(await ask()).toBe('later');
    leave();
    expect(await ask()).toBe('two');
    await other.close();
  });
});
