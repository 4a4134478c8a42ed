import { createHash } from 'node:crypto';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { describe, expect, it } from '@jest/globals';
import { assumePresigned, explain } from '../../explain';
import { TWILIO_PARAMETERS as TWILIO_NAMES } from '../../explain/twilio-parameters';
import { callParameters } from '../../phone/parameters';
import {
  credentials,
  now,
  presign,
  secretAccessKey,
  sessionToken,
  signedAt,
  TWILIO_PARAMETERS,
} from '../helpers/explain/urls';

const url = presign();
const codes = (presigned: string, requested: string, options = {}) =>
  explain(presigned, requested, { now, ...options }).refusals.map(
    ({ status, code }) => `${status} ${code}`,
  );
const advice = (requested: string, presigned = url) =>
  explain(presigned, requested, { now })
    .refusals.flatMap((refusal) => refusal.advice)
    .join(' ');
const minutes = (count: number) => new Date(signedAt.getTime() + count * 60_000);

describe('explain', () => {
  it('accepts equal URLs, as far as a URL tells', () => {
    const { accepted, reason, refusals, diff } = explain(url, url, { now });
    expect({ accepted, refusals }).toEqual({ accepted: true, refusals: [] });
    expect(reason).toBe('The URLs are equal: S3 accepts the request as far as a URL tells.');
    expect(diff.every((line) => line.in === 'both')).toBe(true);
  });

  it("says that Twilio's 27 appended parameters break the signature, and what to play instead", () => {
    const explanation = explain(url, `${url}&${TWILIO_PARAMETERS}`, { now });
    expect(explanation.reason).toBe(
      'S3 refuses the request with 403 SignatureDoesNotMatch because 27 parameters (Called, ToState, CallerCountry and 24 more) were added to the query, and the signature covers all of that.',
    );
    expect(explanation.refusals[0]?.advice.join(' ')).toMatch(/Twilio.*Asset.*\/audio/);
    expect(explanation.parameters.added.map(({ name }) => name)).toEqual(
      TWILIO_PARAMETERS.split('&').map((pair) => pair.split('=')[0]),
    );
    const differing = explanation.diff.filter((line) => line.in !== 'both');
    expect(differing).toHaveLength(27);
    expect(differing).toContainEqual({ in: 'requested', text: 'CallStatus=in-progress' });
  });

  it('names Twilio where a single one of its parameters was appended', () => {
    const names = TWILIO_PARAMETERS.split('&').map((pair) => pair.split('=')[0] ?? '');
    for (const name of names) expect(advice(`${url}&${name}=x`)).toContain('Twilio');
    expect(advice(`${url}&CallSid=CA1&v=2&w=3&x=4`)).toContain('Twilio');
    const call = { callSid: '', accountSid: '', from: '', to: '', forwardedFrom: '' };
    expect(new Set(Object.keys(callParameters(call, 'ringing')))).toEqual(TWILIO_NAMES);
  });

  it('lists removed, changed and repeated parameters separately', () => {
    const presigned = presign({ query: 'versionId=one&partNumber=1&response-expires=x' });
    const requested = presigned
      .replace('versionId=one&', '')
      .replace('partNumber=1', 'partNumber=2')
      .concat('&response-expires=x');
    const { parameters, reason } = explain(presigned, requested, { now });
    expect(parameters).toMatchObject({
      added: [],
      removed: [{ name: 'versionId', presigned: ['one'], requested: [] }],
      changed: [{ name: 'partNumber', presigned: ['1'], requested: ['2'] }],
      repeated: [{ name: 'response-expires', presigned: ['x'], requested: ['x', 'x'] }],
      reordered: false,
    });
    expect(reason).toContain(
      'the parameter versionId was removed from the query, the parameter partNumber was changed and the parameter response-expires was repeated',
    );
  });

  it('lists a parameter that was repeated with another value as changed', () => {
    const presigned = presign({ query: 'versionId=1' });
    expect(explain(presigned, `${presigned}&versionId=2`, { now }).parameters).toMatchObject({
      changed: [{ name: 'versionId', presigned: ['1'], requested: ['1', '2'] }],
      repeated: [],
    });
  });

  it('shows the two canonical requests, and where their lines differ', () => {
    const presigned = presign({ query: 'b=1&b=1&partNumber=1' });
    const requested = presigned
      .replace('/menu', '/Menu')
      .replace('partNumber=1', 'partNumber=2')
      .replace('b=1&', '');
    const { diff, canonicalRequests } = explain(presigned, requested, { now });
    const mark = { both: ' ', presigned: '-', requested: '+' };
    expect(diff.map((line) => `${mark[line.in]} ${line.text}`)).toEqual([
      '  GET',
      '- /menu/welcome%20all.mp3',
      '+ /Menu/welcome%20all.mp3',
      '  X-Amz-Algorithm=AWS4-HMAC-SHA256',
      '  X-Amz-Credential=AKIA****%2F20260301%2Feu-west-1%2Fs3%2Faws4_request',
      '  X-Amz-Date=20260301T120000Z',
      '  X-Amz-Expires=3600',
      '  X-Amz-SignedHeaders=host',
      '  b=1',
      '- b=1',
      '- partNumber=1',
      '+ partNumber=2',
      '  host:prompts.s3.eu-west-1.amazonaws.com',
      '  ',
      '  host',
      '  UNSIGNED-PAYLOAD',
    ]);
    expect(canonicalRequests.requested.split('\n')).toEqual([
      'GET',
      '/Menu/welcome%20all.mp3',
      expect.stringMatching(/^X-Amz-Algorithm=.*&X-Amz-SignedHeaders=host&b=1&partNumber=2$/),
      'host:prompts.s3.eu-west-1.amazonaws.com',
      '',
      'host',
      'UNSIGNED-PAYLOAD',
    ]);
  });

  it('gives the unmasked hashes of the canonical requests, to compare with those of S3', () => {
    const { canonicalRequests, canonicalRequestHashes } = explain(url, `${url}&a=1`, { now });
    const unmasked = (text: string) => text.replace('AKIA****', credentials.accessKeyId);
    const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
    expect(canonicalRequestHashes).toEqual({
      presigned: sha256(unmasked(canonicalRequests.presigned)),
      requested: sha256(unmasked(canonicalRequests.requested)),
    });
  });

  it('notes differences that do not matter', () => {
    const requested = url.replace('?', '?&').replaceAll('%2F', '%2f').replace('https', 'http');
    expect(explain(url, requested, { now }).notes).toEqual([
      expect.stringMatching(/which does not matter: X-Amz-Credential\.$/),
      expect.stringMatching(/^Presigned as https and requested by http/),
      expect.stringMatching(/^Not looked at: whether the key is active/),
      expect.stringMatching(/^No method was given, so GET is assumed/),
    ]);
  });

  it.each([
    [
      'another order',
      url.replace(/\?(.*)/, (_, query) => `?${query.split('&').reverse().join('&')}`),
    ],
    ['lower-case escapes', url.replaceAll('%2F', '%2f')],
    ['an escaped letter', url.replace('Amz-Date', '%41mz-Date')],
    ['the default port', url.replace('.com/', '.com:443/')],
    ['an upper-case host', url.replace('prompts.s3', 'Prompts.S3')],
    ['a fragment', `${url}#t=10`],
    ['http', url.replace('https:', 'http:')],
  ])('accepts %s, which changes nothing that is signed', (change, requested) => {
    const { refusals, reason, parameters } = explain(url, requested, { now });
    expect(refusals).toEqual([]);
    expect(parameters.reordered).toBe(change === 'another order');
    expect(reason).toMatch(/^The URLs differ in nothing that is signed/);
  });

  it.each([
    ['a parameter', `${url}&a=1`],
    ['an empty parameter', `${url}&a`],
    ['the host', url.replace('prompts.', 'other.')],
    ['the port', url.replace('.com/', '.com:8443/')],
    ['the case of the path', url.replace('/menu', '/Menu')],
    ['the life', url.replace('X-Amz-Expires=3600', 'X-Amz-Expires=3601')],
    ['the signature', `${url.slice(0, -4)}0000`],
  ])('refuses a change of %s as SignatureDoesNotMatch', (_, requested) => {
    expect(codes(url, requested)).toEqual(['403 SignatureDoesNotMatch']);
  });

  it.each([
    ['HEAD', /curl -r 0-0/],
    ['PUT', /Presign for PUT/],
  ])('refuses the method %s on a URL that was presigned for GET', (requestedMethod, hint) => {
    const { refusals } = explain(url, url, { now, requestedMethod });
    expect(refusals).toMatchObject([{ code: 'SignatureDoesNotMatch' }]);
    expect(refusals[0]?.advice.join()).toMatch(hint);
    expect(codes(url, url, { presignedMethod: requestedMethod, requestedMethod })).toEqual([]);
  });

  it('names the telephone systems that send HEAD, where a HEAD failed and where no method is known', () => {
    expect(explain(url, url, { now, requestedMethod: 'HEAD' }).refusals[0]?.advice.join()).toMatch(
      /FreeSWITCH.*Telnyx/,
    );
    expect(explain(url, url, { now }).notes.join()).toMatch(/FreeSWITCH.*--requested-method HEAD/);
    for (const known of [
      explain(url, `GET ${url}`),
      explain(url, url, { requestedMethod: 'GET' }),
    ]) {
      expect(known.notes.join()).not.toContain('FreeSWITCH');
    }
  });

  it('reads a line of an access log', () => {
    const logged = `HEAD ${url.replace('https://prompts.s3.eu-west-1.amazonaws.com', '')} HTTP/1.1`;
    const { method, host, refusals } = explain(url, logged, { now });
    expect(method).toEqual({ presigned: 'GET', requested: 'HEAD' });
    expect(host.requested).toBe('prompts.s3.eu-west-1.amazonaws.com');
    expect(refusals).toHaveLength(1);
  });

  it.each(['"', "'"])('reads a line of an access log in %s, and a URL in them', (quote) => {
    const path = url.replace('https://prompts.s3.eu-west-1.amazonaws.com', '');
    const quoted = (text: string) => `${quote}${text}${quote}`;
    expect(codes(quoted(url), quoted(`GET ${path} HTTP/1.1`))).toEqual([]);
  });
});

describe('explain, on time', () => {
  it.each([
    [-16, ['403 AccessDenied']],
    [-15, []],
    [0, []],
    [60, []],
    [61, ['403 AccessDenied']],
  ])('at minute %d of 60 says %j', (minute, expected) => {
    expect(codes(url, url, { now: minutes(minute) })).toEqual(expected);
  });

  it('says since when a URL is expired, and what else is wrong with it', () => {
    const { reason } = explain(url, `${url}&a=1`, { now: minutes(60 * 26) });
    expect(reason).toBe(
      'S3 refuses the request with 403 AccessDenied because it expired 1 day 1 hour ago, at 2026-03-01 13:00:00 UTC, after a life of 1 hour; without that, it would still refuse with 403 SignatureDoesNotMatch because the parameter a was added to the query, and the signature covers all of that.',
    );
  });

  it('names the clock where a URL is not valid yet, and where S3 still lets it pass', () => {
    const early = explain(url, url, { now: minutes(-90) });
    expect(early.reason).toContain('X-Amz-Date is 1 hour 30 minutes in the future');
    expect(early.refusals[0]?.advice.join()).toContain('clock');
    expect(explain(url, url, { now: minutes(-5) }).notes.join()).toContain(
      '5 minutes in the future',
    );
  });

  it('does not check the time when none is given', () => {
    const { accepted, notes } = explain(url, url);
    expect(accepted).toBe(true);
    expect(notes).toContain('Time was not looked at.');
  });
});

describe('explain, on region, service and key', () => {
  it.each([
    ['prompts.s3.eu-central-1.amazonaws.com', 'eu-central-1'],
    ['s3.eu-central-1.amazonaws.com', 'eu-central-1'],
    ['a.b.s3.dualstack.eu-central-1.amazonaws.com', 'eu-central-1'],
    ['prompts.s3-fips.us-gov-west-1.amazonaws.com', 'us-gov-west-1'],
    ['prompts.s3-ap-northeast-1.amazonaws.com', 'ap-northeast-1'],
    ['prompts.s3.cn-north-1.amazonaws.com.cn', 'cn-north-1'],
    ['prompts.s3.eusc-de-east-1.amazonaws.eu', 'eusc-de-east-1'],
    ['prompts.s3.dualstack.eusc-de-east-1.amazonaws.eu', 'eusc-de-east-1'],
    ['prompts.s3.us-iso-east-1.c2s.ic.gov', 'us-iso-east-1'],
    ['ivr-123456789012.s3-accesspoint.eu-central-1.amazonaws.com', 'eu-central-1'],
    ['ivr-123456789012.s3-accesspoint.dualstack.us-east-1.amazonaws.com', 'us-east-1'],
    ['ivr-123456789012.s3-accesspoint-fips.us-gov-east-1.amazonaws.com', 'us-gov-east-1'],
    ['prompts.s3-fips.dualstack.us-west-2.amazonaws.com', 'us-west-2'],
    ['prompts.vpce-1a2b3c4d-5e6f.s3.us-east-1.vpce.amazonaws.com', 'us-east-1'],
    ['ivr-123456789012.accesspoint.vpce-1a2b.s3.us-east-1.vpce.amazonaws.com', 'us-east-1'],
    ['vpce-1a2b3c4d-5e6f-us-east-1a.s3.us-east-1.vpce.amazonaws.com', 'us-east-1'],
    ['s3.eu-north-1.s3.eu-central-1.amazonaws.com', 'eu-central-1'],
  ])('reads the region of %s', (host, region) => {
    const { refusals } = explain(presign({ host }), presign({ host }), { now });
    expect(refusals).toMatchObject([{ status: 400, code: 'AuthorizationQueryParametersError' }]);
    expect(refusals[0]?.because).toContain(`eu-west-1 and the host is in ${region}`);
    expect(codes(presign({ host, region }), presign({ host, region }))).toEqual([]);
  });

  it.each([
    'prompts.s3.amazonaws.com',
    'prompts.s3-accelerate.amazonaws.com',
    'storage.example.com',
    'prompts.s3-accelerate.dualstack.amazonaws.com',
    'alias.accesspoint.s3-global.amazonaws.com',
    's3.eu-central-1.amazonaws.com.example.com',
    's3.eu-central-1.example.eu',
  ])('does not guess the region of %s', (host) => {
    expect(codes(presign({ host }), presign({ host }))).toEqual([]);
  });

  it.each([
    'prompts.s3-website-eu-west-1.amazonaws.com',
    'prompts.s3-website.eu-central-1.amazonaws.com',
    'prompts.s3-website.cn-north-1.amazonaws.com.cn',
  ])('says that the website %s takes no signature, and guesses no region', (host) => {
    const { refusals } = explain(presign({ host }), presign({ host }), { now });
    expect(refusals).toMatchObject([{ status: 403, code: 'AccessDenied' }]);
    expect(refusals[0]?.because).toContain('anonymous');
  });

  it("believes the caller about the bucket's region", () => {
    const { refusals } = explain(url, url, { now, region: 'us-east-1' });
    expect(refusals[0]?.because).toContain('the bucket is in us-east-1');
  });

  it('refuses a signature for another service at an S3 host only', () => {
    const signed = presign({ service: 'execute-api' });
    expect(codes(signed, signed)).toEqual(['400 AuthorizationQueryParametersError']);
    const elsewhere = presign({ service: 'execute-api', host: 'localhost:7480' });
    expect(codes(elsewhere, elsewhere)).toEqual([]);
  });

  it.each([
    ['ivr-123456789012.s3-object-lambda.eu-west-1.amazonaws.com', 's3-object-lambda'],
    ['ivr-123456789012.op-01.s3-outposts.eu-west-1.amazonaws.com', 's3-outposts'],
    ['ivr--euw1-az1--x-s3.s3express-euw1-az1.eu-west-1.amazonaws.com', 's3express'],
    ['ivr-123456789012.s3-accesspoint.eu-west-1.amazonaws.com', 's3'],
    ['s3-outposts.s3.eu-west-1.amazonaws.com', 's3'],
  ])('expects at %s a signature for %s', (host, service) => {
    expect(codes(presign({ host, service }), presign({ host, service }))).toEqual([]);
    const signed = presign({ host, service: 'sts' });
    expect(explain(signed, signed, { now }).refusals[0]?.because).toBe(
      `it was signed for the service sts and the host expects ${service}`,
    );
  });

  it('refuses a temporary key without its session token', () => {
    const temporary = { ...credentials, accessKeyId: 'ASIAIOSFODNN7EXAMPLE' };
    const signed = presign({ credentials: temporary });
    expect(codes(signed, signed)).toEqual(['403 InvalidAccessKeyId']);
    const whole = presign({ credentials: { ...temporary, sessionToken } });
    expect(explain(whole, whole, { now })).toMatchObject({
      accepted: true,
      notes: expect.arrayContaining([expect.stringContaining('temporary credentials')]),
    });
  });

  it('checks the signature itself when it is given the secret', () => {
    expect(codes(url, url, { secretAccessKey })).toEqual([]);
    const { refusals } = explain(url, url, { now, secretAccessKey: `${secretAccessKey}2` });
    expect(refusals[0]?.because).toContain('does not have the signature that the given secret');
    expect(codes(url, url, { secretAccessKey, presignedMethod: 'PUT' })).toHaveLength(1);
  });

  it('accepts a URL of the AWS SDK, with a payload hash in its query or not', async () => {
    const client = new S3Client({ region: 'eu-west-1', credentials });
    const command = new GetObjectCommand({ Bucket: 'prompts', Key: 'a (b)+é.mp3' });
    const signed = await getSignedUrl(client, command, { expiresIn: 60, signingDate: signedAt });
    expect(codes(signed, signed, { secretAccessKey, now: signedAt })).toEqual([]);

    const payloadHash = '0'.repeat(64);
    const hashed = presign({ query: `X-Amz-Content-Sha256=${payloadHash}`, payloadHash });
    expect(codes(hashed, hashed, { secretAccessKey })).toEqual([]);
  });

  it('names the signed headers, whose values no URL holds, and does not judge them', () => {
    const signed = presign({ headers: { Range: 'bytes=0-9' } });
    const { refusals, notes } = explain(signed, signed, { now, secretAccessKey });
    expect(refusals).toEqual([]);
    expect(notes.join()).toContain('the header range');
  });
});

describe('explain, on lost and malformed signing parameters', () => {
  it('treats a request without any signature as anonymous', () => {
    const { refusals } = explain(url, url.replace(/\?.*/, ''), { now });
    expect(refusals).toMatchObject([{ status: 403, code: 'AccessDenied' }]);
    expect(refusals[0]?.because).toContain('anonymous');
  });

  it.each([
    ['X-Amz-Signature', url.replace(/&X-Amz-Signature=.*/, '')],
    ['X-Amz-Date', url.replace(/X-Amz-Date=[^&]*&/, '')],
  ])('says that %s got lost', (name, requested) => {
    const { refusals } = explain(url, requested, { now });
    expect(refusals).toMatchObject([{ status: 400, code: 'AuthorizationQueryParametersError' }]);
    expect(refusals[0]?.because).toContain(`no ${name}`);
  });

  it.each([
    ['X-Amz-Algorithm', /AWS4-HMAC-SHA256/, 'AWS4-HMAC-SHA1'],
    ['X-Amz-Date', /20260301T120000Z/, '2026-03-01'],
    ['X-Amz-Date', /20260301T120000Z/, '20261399T120000Z'],
    ['X-Amz-Expires', /3600/, '604801'],
    ['X-Amz-Expires', /3600/, '-1'],
    ['X-Amz-Credential', /%2Faws4_request/, ''],
    ['of the day 20260302', /%2F20260301%2F/, '%2F20260302%2F'],
  ])('names %s where S3 cannot read it', (name, signed, sent) => {
    const { refusals } = explain(url, url.replace(signed, sent), { now });
    expect(refusals[0]).toMatchObject({ status: 400, code: 'AuthorizationQueryParametersError' });
    expect(refusals[0]?.because).toContain(name);
    expect(refusals.map(({ code }) => code)).toContain('SignatureDoesNotMatch');
  });
});

describe('explain, on what to do', () => {
  const dotted = presign({ path: '/a//b.mp3' });
  const plus = presign({ path: '/a%2Bb.mp3' });
  const sdk = `${presign({ query: 'x-id=GetObject' }).replace('x-id=GetObject&', '')}&x-id=GetObject`;
  it.each([
    ['XML', url.replaceAll('&', '&amp;'), /each &amp;, &#38; or \\u0026 has to arrive as &/],
    ['XML by number', url.replaceAll('&', '&#38;'), /has to arrive as &/],
    ['JSON', url.replaceAll('&', '\\u0026'), /has to arrive as &/],
    ['JSON in an access log', url.replaceAll('&', '%5Cu0026'), /has to arrive as &/],
    ['a second encoding of the query', url.replaceAll('%2F', '%252F'), /encoded once more/],
    ['a second encoding of the path', url.replace('%20', '%2520'), /encoded once more/],
    ['a shell', url.replace(/&.*/, ''), /single quotes/],
    ['a column that is too short', url.slice(0, 255), /^The URL was cut off.*database column/],
    ['an appended .mp3', `${url}.mp3`, /Asterisk/],
    ['an appended .wav', `${url}.wav`, /Asterisk/],
    ['an appended ending in a parameter', `${url}&ext=.wav`, /Asterisk/],
    ['an ending behind a parameter of the SDK', `${sdk}.mp3`, /Asterisk/, sdk],
    ['a line end in the TwiML', `${url}%0A++`, /in one line/],
    ['a bracket of Markdown', `${url})`, /bracket/],
    ['a doubled slash', url.replace('/menu', '//menu'), /doubled/],
    ['a URL that was cut off', url.slice(0, -10), /X-Amz-Signature has 54 of 64 digits/],
    ['a signature that was cut off', `${url.slice(0, -10)}&a=1`, /54 of 64 digits/],
    [
      'another host',
      url.replace('prompts.s3.eu-west-1.amazonaws.com', 'cdn.example.com'),
      /Host header/,
    ],
    ['a resolved path', dotted.replace('a//b', 'a/b'), /resolved/, dotted],
    ['a raw plus', plus.replace('%2B', '+'), /has to arrive as %2B/, plus],
    ['anything else', `${url}&a=1`, /byte for byte/],
  ])('recognises %s', (_, requested, hint, presigned = url) => {
    expect(advice(requested, presigned)).toMatch(hint);
  });
});

describe('explain, on two URLs that were signed one by one', () => {
  const later = presign({ now: new Date(now.getTime() - 60_000) });

  it('does not take them for one that was edited', () => {
    const { accepted, reason, notes } = explain(later, url, { now });
    expect(accepted).toBe(true);
    expect(reason).toMatch(/^The URLs were signed one by one/);
    expect(notes.join()).toMatch(/another presigned one.*cache.*jambonz/);
  });

  it('says that the one that was kept is expired, and who keeps it', () => {
    const tomorrow = new Date(now.getTime() + 24 * 60 * 60_000);
    const fresh = presign({ now: tomorrow });
    const { refusals, notes } = explain(fresh, url, { now: tomorrow });
    expect(refusals.map(({ code }) => code)).toEqual(['AccessDenied']);
    expect(notes.join()).toContain('cache');
  });

  it('takes another date under the same signature for an edit', () => {
    expect(codes(url, url.replace('T120000Z', 'T120001Z'))).toEqual(['403 SignatureDoesNotMatch']);
  });
});

describe('a requested URL alone', () => {
  const sdk = `${url}&response-content-type=audio%2Fmpeg&x-id=GetObject`;
  it.each([
    ['nothing appended', url, url],
    ["Twilio's parameters", `${url}&${TWILIO_PARAMETERS}`, url],
    ['parameters of the SDK behind the signature', `${sdk}&CallSid=CA1`, sdk],
    ['an ending behind the signature', `${url}.mp3`, url],
    ['an ending behind a parameter of the SDK', `${sdk}.wav`, sdk],
    ['a line end', `${sdk}%0A`, sdk],
    ['escapes of XML', `${url}&CallSid=CA1`.replaceAll('&', '&amp;'), url],
    ['a method and quotes', `"GET ${url}&a=1 HTTP/1.1"`, url],
  ])('shows what was presigned: %s', (_, requested, presigned) => {
    expect(assumePresigned(requested)).toBe(presigned);
    const { notes, refusals } = explain(presigned, requested, { now, isAssumed: true });
    expect(notes[0]).toMatch(/^Only the requested URL was given/);
    expect(refusals.length > 0).toBe(requested !== presigned);
  });

  it('is refused without a signature', () => {
    expect(() => explain(assumePresigned('https://h/a?b=1'), 'https://h/a')).toThrow('no X-Amz');
    expect(() => assumePresigned('/only/a/path')).toThrow(TypeError);
  });
});

describe('explain, on a key that looks like an escaped &', () => {
  const key = presign({ path: '/a%5Cu0026b.mp3' });

  it('is not taken for one', () => {
    expect(codes(key, key)).toEqual([]);
    expect(advice(`${key}&a=1`, key)).toMatch(/byte for byte/);
  });
});

describe('explain, on what it cannot use', () => {
  it.each([
    ['', 'http(s)://host/path?query'],
    ['/only/a/path', 'http(s)://host/path?query'],
    ['ftp://host/path', 'http(s)://host/path?query'],
    ['https://prompts.s3.amazonaws.com/a.mp3', 'not a presigned one: it has no X-Amz-Algorithm'],
    [url.replace(/&X-Amz-Signature=.*/, ''), 'no X-Amz-Signature'],
    [url.slice(0, -10), 'was cut off: X-Amz-Signature has 54 of 64 digits'],
    [url.replace(/X-Amz-Signature=.*/, 'X-Amz-Signature='), 'has 0 of 64 digits'],
    [`${url}0`, 'is not of 64 digits'],
    [url.replace(/.$/, 'x'), 'is not of 64 digits'],
    [url.replaceAll('&', '&amp;'), 'escaped for XML or JSON'],
    [url.replaceAll('&', '&#38;'), 'escaped for XML or JSON'],
    [url.replaceAll('&', '&#x26;'), 'escaped for XML or JSON'],
    [url.replaceAll('&', '\\u0026'), 'escaped for XML or JSON'],
    ['https://h/a?AWSAccessKeyId=x&Signature=y&Expires=1', 'Signature Version 2'],
    [url.replace('AWS4-HMAC', 'AWS4-ECDSA-P256'), 'not AWS4-HMAC-SHA256'],
  ])('refuses %j as a presigned URL', (presigned, message) => {
    expect(() => explain(presigned, url)).toThrow(TypeError);
    expect(() => explain(presigned, url)).toThrow(message);
  });

  it('refuses a requested URL that is not a URL', () => {
    expect(() => explain(url, 'menu.mp3')).toThrow(TypeError);
  });
});
