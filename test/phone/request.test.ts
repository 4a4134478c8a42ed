import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { sendRequest } from '../../phone';
import { DEFAULT_LIMITS } from '../../phone/overrides';
import { appendQuery, describeUrl, queryOf, resolveUrl, splitUrl } from '../../phone/request';

describe('splitting a URL', () => {
  test.each([
    ['http://h/a/../b', 'http:', 'h', undefined, '/a/../b'],
    ['https://h:8443/a%2Fb%20c?x=%2B&y=+', 'https:', 'h', '8443', '/a%2Fb%20c?x=%2B&y=+'],
    ['http://h', 'http:', 'h', undefined, '/'],
    ['http://h?x=1', 'http:', 'h', undefined, '/?x=1'],
    ['HTTP://H/a#b?c', 'http:', 'H', undefined, '/a'],
    ['http://[::1]:80/', 'http:', '::1', '80', '/'],
    ["http://h/a'(b)*!;x=1?q='", 'http:', 'h', undefined, "/a'(b)*!;x=1?q='"],
    ['http://h//a?b??c', 'http:', 'h', undefined, '//a?b??c'],
  ])('keeps the bytes of %s', (url, protocol, hostname, port, target) => {
    expect(splitUrl(url)).toEqual({ protocol, hostname, port, target });
  });

  test.each([
    '',
    '/relative',
    'h/a',
    'ftp://h/a',
    'http:///a',
    'http://h/a b',
    'http://h/é',
    'http://h/a\r\nX: y',
    'http://user:password@h/',
    'http://h:port/',
    'http://h:123456/',
    's3://bucket/key',
  ])('refuses %j with 11100', (url) => {
    expect(() => splitUrl(url)).toThrow(/^11100: Invalid URL format/);
  });

  test('names the URL that it refuses without its query', () => {
    expect(() => splitUrl('ftp://h/a?X-Amz-Signature=abc')).toThrow(
      '11100: Invalid URL format: "ftp://h/a"',
    );
    expect(describeUrl('http://h/a?sig=abc#d')).toBe('"http://h/a"');
  });

  test('never changes the path and the query of any web URL', () => {
    const urls = fc.webUrl({ withQueryParameters: true, validSchemes: ['http', 'https'] });
    fc.assert(
      fc.property(urls, (url) => {
        const { protocol, hostname, port, target } = splitUrl(url);
        const authority = port === undefined ? hostname : `${hostname}:${port}`;
        const bare = url === `${protocol}//${authority}`;
        expect(`${protocol}//${authority}${bare ? '' : target}`).toBe(
          /^https?:\/\/[^/]*\?/.test(url) ? url.replace('?', '/?') : url,
        );
      }),
    );
  });
});

describe('appending a query', () => {
  test.each([
    ['http://h/a', 'x=1', 'http://h/a?x=1'],
    ['http://h/a?b', 'x=1', 'http://h/a?b&x=1'],
    ['http://h/a?', 'x=1', 'http://h/a?&x=1'],
    ['http://h/a#f', 'x=1', 'http://h/a?x=1'],
    ['http://h/a?b#f', 'x=1', 'http://h/a?b&x=1'],
    ['http://h/a', '', 'http://h/a'],
  ])('to %s with %s gives %s', (url, query, expected) => {
    expect(appendQuery(url, query)).toBe(expected);
  });

  test('is undone by reading the query', () => {
    expect(queryOf('http://h/a?x=1&y=?#f')).toBe('x=1&y=?');
    expect(queryOf('http://h/a#?x')).toBe('');
  });
});

describe('a URL in a document', () => {
  const base = 'https://example.com/flows/voice?step=1';

  test.each([
    ['https://h/a/../b', 'https://h/a/../b'],
    ['HTTP://h/%7e', 'HTTP://h/%7e'],
    ['/menu?a=%2F', 'https://example.com/menu?a=%2F'],
    ['menu', 'https://example.com/flows/menu'],
    ['../menu', 'https://example.com/menu'],
    ['//h/a', 'https://h/a'],
    ['?step=2', 'https://example.com/flows/voice?step=2'],
    ['', base],
  ])('%j means %s', (reference, expected) => {
    expect(resolveUrl(reference, base)).toBe(expected);
  });

  test('must be absolute if the document has no URL', () => {
    expect(resolveUrl('https://h/a', undefined)).toBe('https://h/a');
    for (const reference of ['/menu', '']) {
      expect(() => resolveUrl(reference, undefined)).toThrow(/^11100/);
    }
  });
});

describe('a request', () => {
  const NAMES = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'];
  const before = NAMES.flatMap((name) => [name, name.toLowerCase()]).map(
    (name) => [name, process.env[name]] as const,
  );
  /** Notes where it is asked to connect to: for http it is that server itself, for https it refuses. */
  const proxy = createServer(({ url = '' }, response) => response.writeHead(200).end(url));
  let connectedTo: (string | undefined)[];
  let url: string;

  beforeAll(async () => {
    proxy.on('connect', (request, socket) => {
      connectedTo.push(request.url);
      if (request.url?.endsWith(':80')) {
        const server = connect((proxy.address() as AddressInfo).port, '127.0.0.1');
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        socket.pipe(server).pipe(socket);
        return;
      }
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n');
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  });
  beforeEach(() => {
    connectedTo = [];
    for (const [name] of before) delete process.env[name];
  });
  afterEach(() => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });
  afterAll(() => {
    proxy.close();
    proxy.closeAllConnections();
  });

  const get = (target: string) =>
    sendRequest({ method: 'GET', url: target, headers: {}, limits: DEFAULT_LIMITS });

  test.each(['HTTPS_PROXY', 'HTTP_PROXY'])('goes through the proxy of %s', async (name) => {
    process.env[name] = url;
    expect((await get('https://clinic.invalid/voice')).status).toBe(407);
    expect(connectedTo).toEqual(['clinic.invalid:443']);
  });

  test('keeps the bytes of its URL on the way through the proxy', async () => {
    process.env.HTTP_PROXY = url;
    const { status, body } = await get('http://clinic.invalid/a/../b%2Fc?x=%2B&y=+');
    expect([status, body.toString()]).toEqual([200, '/a/../b%2Fc?x=%2B&y=+']);
    expect(connectedTo).toEqual(['clinic.invalid:80']);
  });

  test('goes past the proxy where NO_PROXY says so, and to this machine', async () => {
    Object.assign(process.env, { HTTPS_PROXY: url, HTTP_PROXY: url, NO_PROXY: 'clinic.invalid' });
    await expect(get('https://clinic.invalid/voice')).rejects.toThrow(
      '11210: GET "https://clinic.invalid/voice": there is no such host name. Is the deployment there?',
    );
    expect((await get(`${url}/voice`)).body.toString()).toBe('/voice');
    expect(connectedTo).toEqual([]);
  });
});
