import { execFileSync } from 'node:child_process';
import { describe, expect, it, test } from '@jest/globals';
import type { HttpRequest, HttpResponse } from '../../../phone';
import { DEFAULT_LIMITS } from '../../../phone/overrides';
import { curlOf } from '../../../sandbox/phone-page/curl';
import { rowOf, splitAppended } from '../../../sandbox/phone-page/request-row';

const ORIGIN = 'http://localhost:3000';
const SIGNATURE = 'b'.repeat(64);

const get = (url: string, more: Partial<HttpRequest> = {}): HttpRequest => ({
  method: 'GET',
  url,
  headers: {},
  limits: DEFAULT_LIMITS,
  ...more,
});

const answer = (
  body: string,
  type: string,
  headers: HttpResponse['headers'] = {},
): HttpResponse => ({
  status: 200,
  headers: { 'content-type': type, ...headers },
  body: Buffer.from(body),
});

const row = (
  request: HttpRequest,
  response?: HttpResponse,
  facts: Partial<Parameters<typeof rowOf>[1]> = {},
) =>
  rowOf(
    { at: new Date(0), milliseconds: 5, request, response },
    {
      request: 0,
      verb: 'Play',
      appendedCount: 0,
      publicOrigin: ORIGIN,
      region: 'eu-west-1',
      ...facts,
    },
  );

describe('what was appended', () => {
  test.each([
    ['http://s3/a.mp3?X=1&From=%2B81&To=', 2, 'http://s3/a.mp3?X=1', 'From=%2B81&To='],
    ['http://s3/a.mp3?From=%2B81&To=', 2, 'http://s3/a.mp3', 'From=%2B81&To='],
    ['http://s3/a.mp3?X=1', 0, 'http://s3/a.mp3?X=1', ''],
    ['http://s3/a.mp3', 0, 'http://s3/a.mp3', ''],
  ])('to %s, %d parameters, stands apart', (requested, count, url, appended) => {
    expect(splitAppended(requested, count)).toEqual({ url, appended });
  });
});

describe('who served a request', () => {
  test.each([
    ['/voice', 'voice', 'Function'],
    ['/menu?at=a', 'Gather action', 'Function'],
    ['/audio?key=a.mp3', 'Play', 'proxy'],
    ['/audio/a.1.2.mp3', 'Gather › Play', 'Asset'],
  ])('is told by path and verb: %s', (path, verb, servedBy) => {
    expect(row(get(ORIGIN + path), undefined, { verb }).servedBy).toBe(servedBy);
  });

  it('is S3 at any other origin', () => {
    expect(row(get('http://127.0.0.1:9/bucket/a.mp3')).servedBy).toBe('S3');
  });
});

describe('a secret', () => {
  const presigned = `http://s3.example/a.mp3?X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20260102%2Feu-west-1%2Fs3%2Faws4_request&X-Amz-Security-Token=token-1&X-Amz-Signature=${SIGNATURE}`;
  const proxied = `${ORIGIN}/audio?key=a.mp3&exp=1&sig=${SIGNATURE}`;
  const shownOf = (...args: Parameters<typeof row>) => {
    const { curl, ...shown } = row(...args);
    return JSON.stringify(shown);
  };

  test.each([
    ['of a presigned URL', shownOf(get(presigned))],
    ['of a proxy URL', shownOf(get(proxied))],
    [
      'in TwiML',
      shownOf(
        get(`${ORIGIN}/voice`),
        answer(
          `<Response><Play>${proxied.replaceAll('&', '&amp;')}</Play><Play>${presigned.replaceAll('&', '&amp;')}</Play></Response>`,
          'text/xml',
        ),
      ),
    ],
    [
      'in a header',
      shownOf(
        get(ORIGIN, { headers: { 'X-Twilio-Signature': SIGNATURE, Authorization: 'token-1' } }),
        answer('', 'text/plain', { 'x-amz-security-token': 'token-1' }),
      ),
    ],
    [
      'in an error of S3',
      shownOf(
        get(presigned),
        answer(
          `<?xml version="1.0"?><Error><AWSAccessKeyId>AKIAIOSFODNN7EXAMPLE</AWSAccessKeyId><SignatureProvided>${SIGNATURE}</SignatureProvided><CanonicalRequestBytes>41 4b</CanonicalRequestBytes></Error>`,
          'application/xml',
        ),
      ),
    ],
    ['in a text', shownOf(get(ORIGIN), answer(`tried ${presigned}`, 'text/plain'))],
  ])('%s is masked', (_, shown) => {
    expect(shown).not.toMatch(/b{64}|token-1|AKIAIOSFODNN7EXAMPLE|41 4b/);
    expect(shown).toContain('****');
  });

  it("is no phone number: those of the sandbox are nobody's", () => {
    const request = get(`${ORIGIN}/a.mp3?From=%2B819012345678`);
    expect(row(request, undefined, { appendedCount: 1 }).appended).toBe('From=%2B819012345678');
    const { url } = row(get(`${ORIGIN}/a.mp3?To=%2B815012345678`));
    expect(url).toContain('815012345678');
  });
});

describe('a body', () => {
  test.each([
    [
      'TwiML, indented',
      'text/xml',
      '<Response><Gather><Play>a &amp; b</Play></Gather></Response>',
      '<Response>\n  <Gather>\n    <Play>a &amp; b</Play>\n  </Gather>\n</Response>',
    ],
    ['what is no XML, as it came', 'text/xml', '<Response>', '<Response>'],
    ['a sentence', 'text/plain; charset=utf-8', 'No such prompt.', 'No such prompt.'],
  ])('is shown: %s', (_, type, body, shown) => {
    expect(row(get(ORIGIN), answer(body, type)).responseBody).toBe(shown);
  });

  it('of audio is left out, and one that is long is cut', () => {
    expect(row(get(ORIGIN), answer('mp3', 'audio/mpeg')).responseBody).toBeUndefined();
    expect(row(get(ORIGIN), answer('x'.repeat(1e6), 'text/html')).responseBody).toHaveLength(
      64_000,
    );
  });
});

it('shows a request that got no answer', () => {
  const exchange = {
    at: new Date(0),
    milliseconds: 5,
    request: get(ORIGIN),
    failure: 'No answer.',
  };
  const facts = { request: 3, verb: 'voice', appendedCount: 0, publicOrigin: ORIGIN, region: '' };
  expect(rowOf(exchange, facts)).toMatchObject({
    request: 3,
    at: '1970-01-01T00:00:00.000Z',
    status: undefined,
    bytes: 0,
    failure: 'No answer.',
    responseHeaders: [],
    requestHeaders: [
      ['Host', 'localhost:3000'],
      ['User-Agent', 'TwilioProxy/1.1'],
      ['Accept', '*/*'],
    ],
  });
});

describe('the curl line', () => {
  /** What a shell gives to curl. */
  const argumentsOf = (line: string) =>
    execFileSync('sh', ['-c', `curl() { printf '%s\\n' "$@"; }\n${line}`])
      .toString()
      .trimEnd()
      .split('\n');

  it('has the real URL, whatever stands in it', () => {
    const url = `http://s3/it's%20[new]{1}+.mp3?a=$HOME\`id\`&X-Amz-Signature=${SIGNATURE}`;
    const args = argumentsOf(curlOf(get(url), true));
    expect(args.at(-1)).toBe(url);
    expect(args).toEqual(expect.arrayContaining(['--globoff', '--path-as-is', '/dev/null']));
  });

  it('sends a request for TwiML with its signature and its form', () => {
    const headers = { 'Content-Length': 3, 'X-Twilio-Signature': "it's" };
    const request = get(`${ORIGIN}/voice`, { method: 'POST', headers, body: "a='1'" });
    expect(argumentsOf(curlOf(request, false))).toEqual([
      '-sSi',
      '--globoff',
      '--path-as-is',
      '-X',
      'POST',
      '-H',
      "X-Twilio-Signature: it's",
      '--data-raw',
      "a='1'",
      `${ORIGIN}/voice`,
    ]);
  });
});
