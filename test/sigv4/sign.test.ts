import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  amzDate,
  type SigningOptions,
  signature,
  signHeaders,
  signingKey,
} from '../../src/sigv4/sign';

const options: SigningOptions = {
  credentials: {
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  },
  region: 'us-east-1',
  now: new Date('2013-05-24T00:00:00Z'),
};
const request = { method: 'GET', host: 'examplebucket.s3.amazonaws.com', path: '/test.txt' };

describe('signHeaders', () => {
  test('host, date, payload hash and authorization come from the arguments, whatever headers say', () => {
    const clean = signHeaders(request, options);
    const headers = {
      HOST: 'elsewhere',
      'X-Amz-Date': '19990101T000000Z',
      'X-Amz-Content-Sha256': 'UNSIGNED-PAYLOAD',
      Authorization: 'Bearer x',
    };
    expect(signHeaders({ ...request, headers }, options)).toEqual(clean);
  });

  test('an unsigned header is sent, too', () => {
    const signed = signHeaders({ ...request, headers: { 'User-Agent': 'a  b' } }, options);
    expect(signed['user-agent']).toBe('a  b');
    expect(signed.authorization).toContain('SignedHeaders=host;x-amz-content-sha256;x-amz-date,');
  });

  test('a header named __proto__ is signed like any other', () => {
    const headers = Object.fromEntries([['__proto__', 'x']]);
    const signed = signHeaders({ ...request, headers }, options);
    expect(Object.keys(signed)).toContain('__proto__');
    expect(signed.authorization).toContain('SignedHeaders=__proto__;host;');
  });

  test('the session token of a temporary key is sent and signed', () => {
    const sessionToken = 'a token/with+signs=';
    const credentials = { ...options.credentials, sessionToken };
    const signed = signHeaders(request, { ...options, credentials });
    expect(signed).toMatchObject({ 'x-amz-security-token': sessionToken });
    expect(signed.authorization).toContain(';x-amz-security-token,');
  });

  test.each([
    ['test.txt', undefined],
    ['/a?b', undefined],
    ['/a#b', undefined],
    ['/a', '?b=c'],
    ['/a', 'b#c'],
  ])('the path %j with the query %j is refused: it would not be sent as it is', (path, query) => {
    expect(() => signHeaders({ ...request, path, query }, options)).toThrow(TypeError);
  });

  test('an empty region and an invalid date are refused', () => {
    expect(() => signHeaders(request, { ...options, region: '' })).toThrow('region is a required');
    expect(() => signHeaders(request, { ...options, now: new Date('no') })).toThrow(RangeError);
  });
});

describe('signingKey', () => {
  const secret = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
  const scope = { day: '20150830', region: 'us-east-1', service: 'iam' };

  // The example of the AWS General Reference's page on deriving a signing key.
  test('the documented key is derived', () => {
    expect(signingKey(secret, scope).export().toString('hex')).toBe(
      'c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9',
    );
  });

  test('a key is derived once for each secret, day, region and service', () => {
    const key = signingKey(secret, scope);
    expect(signingKey(secret, { ...scope })).toBe(key);
    const others = [
      signingKey(`${secret}2`, scope),
      signingKey(secret, { ...scope, day: '20150831' }),
      signingKey(secret, { ...scope, region: 'us-east-2' }),
      signingKey(secret, { ...scope, service: 's3' }),
      // The same characters, divided otherwise.
      signingKey(secret, { ...scope, region: 'us-east-1i', service: 'am' }),
    ];
    const signatures = [key, ...others].map((each) => signature(each, 'text'));
    expect(new Set(signatures).size).toBe(6);
  });

  test('only the latest key is kept', () => {
    const key = signingKey(secret, scope);
    signingKey(secret, { ...scope, day: '20150831' });
    const again = signingKey(secret, scope);
    expect(again).not.toBe(key);
    expect(again.equals(key)).toBe(true);
  });

  test('a key does not show its bytes when it is logged', () => {
    const key = signingKey(secret, scope);
    const hex = key.export().toString('hex');
    expect(inspect(key)).not.toContain(hex.slice(0, 4));
    expect(JSON.stringify(key)).toBe('{}');
  });
});

test('amzDate has the digits of ISO 8601, for any time', () => {
  const times = fc.date({
    min: new Date(0),
    max: new Date('9999-12-31T23:59:59.999Z'),
    noInvalidDate: true,
  });
  fc.assert(
    fc.property(times, (time) => {
      const digits = time.toISOString().replace(/[-:]|\.\d{3}/g, '');
      expect(amzDate(time)).toBe(digits);
    }),
    { numRuns: 1000 },
  );
});
