import { describe, expect, it } from '@jest/globals';
import { presignQuery, type SigningOptions, signHeaders } from '../../src/sigv4';

const options: SigningOptions = {
  credentials: {
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  },
  region: 'us-east-1',
  now: new Date('2013-05-24T00:00:00Z'),
};
const temporary = { ...options.credentials, sessionToken: 'a token/with+signs=' };
const request = { method: 'GET', host: 'examplebucket.s3.amazonaws.com', path: '/test.txt' };

describe('signHeaders', () => {
  it('takes host, date, payload hash and authorization from its arguments, whatever headers say', () => {
    const clean = signHeaders(request, options);
    const headers = {
      HOST: 'elsewhere',
      'X-Amz-Date': '19990101T000000Z',
      'X-Amz-Content-Sha256': 'UNSIGNED-PAYLOAD',
      Authorization: 'Bearer x',
    };
    expect(signHeaders({ ...request, headers }, options)).toEqual(clean);
  });

  it('sends what it does not sign, too', () => {
    const signed = signHeaders({ ...request, headers: { 'User-Agent': 'a  b' } }, options);
    expect(signed['user-agent']).toBe('a  b');
    expect(signed.authorization).toContain('SignedHeaders=host;x-amz-content-sha256;x-amz-date,');
  });

  it('signs a header named __proto__ like any other', () => {
    const headers = Object.fromEntries([['__proto__', 'x']]);
    const signed = signHeaders({ ...request, headers }, options);
    expect(Object.keys(signed)).toContain('__proto__');
    expect(signed.authorization).toContain('SignedHeaders=__proto__;host;');
  });

  it('signs the session token, or sends it unsigned where a service wants that', () => {
    const call = { ...options, credentials: temporary };
    const token = { 'x-amz-security-token': temporary.sessionToken };
    const signed = signHeaders(request, call);
    expect(signed).toMatchObject(token);
    expect(signed.authorization).toContain(';x-amz-security-token,');

    expect(signHeaders(request, { ...call, signSessionToken: false })).toEqual({
      ...signHeaders(request, options),
      ...token,
    });
  });

  it.each([
    ['test.txt', undefined],
    ['/a?b', undefined],
    ['/a#b', undefined],
    ['/a', '?b=c'],
    ['/a', 'b#c'],
  ])(
    'refuses the path %j with the query %j, which would not be sent as they are',
    (path, query) => {
      expect(() => signHeaders({ ...request, path, query }, options)).toThrow(TypeError);
    },
  );

  it('refuses an empty region and an invalid date', () => {
    expect(() => signHeaders(request, { ...options, region: '' })).toThrow('region is a required');
    expect(() => signHeaders(request, { ...options, now: new Date('no') })).toThrow(RangeError);
  });
});

describe('presignQuery', () => {
  it('keeps the given query as it is, in front', () => {
    const query = 'b=%7e+x&a';
    expect(presignQuery({ ...request, query }, { ...options, expiresIn: 1 })).toMatch(
      /^b=%7e\+x&a&X-Amz-Algorithm=.*&X-Amz-Signature=[0-9a-f]{64}$/,
    );
  });

  it('signs the given headers, whatever host they say', () => {
    const headers = { Range: 'bytes=0-9', Host: 'elsewhere' };
    const query = presignQuery({ ...request, headers }, { ...options, expiresIn: 1 });
    expect(query).toContain('X-Amz-SignedHeaders=host%3Brange&');
    const plain = presignQuery(
      { ...request, headers: { Range: 'bytes=0-9' } },
      { ...options, expiresIn: 1 },
    );
    expect(query).toBe(plain);
  });

  it('signs the session token, or appends it where a service wants that', () => {
    const call = { ...options, credentials: temporary, expiresIn: 60 };
    const token = '&X-Amz-Security-Token=a%20token%2Fwith%2Bsigns%3D';
    const without = presignQuery(request, { ...options, expiresIn: 60 });
    const signed = presignQuery(request, call);
    expect(signed).toContain(`${token}&X-Amz-Signature=`);
    expect(signed.replace(token, '')).not.toBe(without);
    const appended = presignQuery(request, { ...call, signSessionToken: false });
    expect(appended.replace(token, '')).toBe(without);
  });

  it.each([0, 604_801, 1.5, Number.NaN, -1])('refuses a life of %d seconds', (expiresIn) => {
    expect(() => presignQuery(request, { ...options, expiresIn })).toThrow(RangeError);
  });

  it.each(['X-Amz-Date=1', 'a&x-amz-signature=0', 'X%2DAmz%2DExpires=1'])(
    'refuses the query %j, which is signed already',
    (query) => {
      const presign = () => presignQuery({ ...request, query }, { ...options, expiresIn: 1 });
      expect(presign).toThrow(TypeError);
    },
  );
});
