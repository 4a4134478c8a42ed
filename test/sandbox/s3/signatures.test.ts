import { Sha256 } from '@aws-crypto/sha256-js';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HttpRequest } from '@smithy/protocol-http';
import { SignatureV4 } from '@smithy/signature-v4';
import aws4 from 'aws4';
import fc from 'fast-check';
import { type S3Server, startS3 } from '../../../sandbox/s3';
import { minutes, presign, send, sign } from '../../helpers/sandbox/s3/raw-request';

const region = 'ap-northeast-1';
const object = '/prompts/welcome.mp3';
const content = 'a prompt';

let s3: S3Server;
let client: S3Client;

beforeAll(async () => {
  s3 = await startS3({ buckets: ['prompts'], region });
  client = new S3Client({ ...s3, forcePathStyle: true });
  for (const key of ['welcome.mp3', 'a b.mp3']) {
    s3.store.put('prompts', key, Buffer.from(content));
  }
});

afterAll(async () => {
  client.destroy();
  await s3.stop();
});

async function presignedBySdk(): Promise<string> {
  const url = await getSignedUrl(
    client,
    new GetObjectCommand({ Bucket: 'prompts', Key: 'welcome.mp3' }),
  );
  return url.slice(s3.endpoint.length);
}

describe('a presigned URL', () => {
  it('is served as it was signed', async () => {
    expect(await send(s3.endpoint, { path: await presignedBySdk() })).toMatchObject({
      status: 200,
      body: content,
    });
  });

  it.each(['Called=%2B815012345678', 'ToState=', 'x', 'X-Amz-Unknown=1', 'x-amz-signature=0'])(
    'is refused once %s is appended',
    async (parameter) => {
      const path = `${await presignedBySdk()}&${parameter}`;
      expect(await send(s3.endpoint, { path })).toMatchObject({
        status: 403,
        code: 'SignatureDoesNotMatch',
      });
    },
  );

  it('is refused for another method, object, host or order of path segments', async () => {
    const path = await presignedBySdk();
    const variants = [
      { path, method: 'DELETE' },
      { path: path.replace('welcome.mp3', 'a%20b.mp3') },
      { path: path.replace('/prompts/', '/prompts//') },
      { path, headers: { Host: 'localhost' } },
    ];
    for (const variant of variants) {
      expect(await send(s3.endpoint, variant)).toMatchObject({
        status: 403,
        code: 'SignatureDoesNotMatch',
      });
    }
  });

  it('is refused with the canonical request that the server computed', async () => {
    const path = `${await presignedBySdk()}&Called=a%26b`;
    const { body } = await send(s3.endpoint, { path });
    const canonical = /<CanonicalRequest>([^<]*)<\/CanonicalRequest>/.exec(body)?.[1] ?? '';
    expect(canonical).toMatch(/^GET\n\/prompts\/welcome\.mp3\nCalled=a%26b&amp;X-Amz-Algorithm=/);
    expect(canonical).toMatch(/\nhost:127\.0\.0\.1:\d+\n\nhost\nUNSIGNED-PAYLOAD$/);
    expect(body).toContain(`<SignatureProvided>${/X-Amz-Signature=(\w+)/.exec(path)?.[1]}<`);
  });

  it('is refused when it has expired', async () => {
    const request = presign(s3, { path: object }, { aheadMs: -minutes(2), expires: 60 });
    const answer = await send(s3.endpoint, request);
    expect(answer).toMatchObject({ status: 403, code: 'AccessDenied' });
    expect(answer.body).toContain('Request has expired');
  });

  it('is refused while it is dated more than 15 minutes in the future', async () => {
    const answer = await send(s3.endpoint, presign(s3, { path: object }, { aheadMs: minutes(16) }));
    expect(answer).toMatchObject({ status: 403, code: 'AccessDenied' });
    expect(answer.body).toContain('Request is not yet valid');
  });

  it('may be dated a little in the future', async () => {
    const request = presign(s3, { path: object }, { aheadMs: minutes(14) });
    expect(await send(s3.endpoint, request)).toMatchObject({ status: 200 });
  });

  it.each([
    ['soon', 'X-Amz-Expires should be a number'],
    ['-1', 'X-Amz-Expires must be non-negative'],
    ['604801', 'X-Amz-Expires must be less than a week'],
  ])('is refused when it is to last %s seconds', async (expires, message) => {
    const answer = await send(s3.endpoint, presign(s3, { path: object }, { expires }));
    expect(answer).toMatchObject({ status: 400, code: 'AuthorizationQueryParametersError' });
    expect(answer.body).toContain(message);
  });

  it('is refused for another region, and the answer names the right one', async () => {
    const request = presign(s3, { path: object }, { region: 'us-east-1' });
    const answer = await send(s3.endpoint, request);
    expect(answer).toMatchObject({ status: 400, code: 'AuthorizationQueryParametersError' });
    expect(answer.body).toContain(`<Region>${region}</Region>`);
  });

  it('is refused for another service', async () => {
    const request = presign(s3, { path: object }, { service: 'execute-api' });
    expect(await send(s3.endpoint, request)).toMatchObject({
      status: 400,
      code: 'AuthorizationQueryParametersError',
    });
  });

  it.each(['Credential', 'Signature', 'Date', 'SignedHeaders', 'Expires'])(
    'is refused without X-Amz-%s',
    async (name) => {
      const { path } = presign(s3, { path: object });
      const without = path.replace(new RegExp(`X-Amz-${name}=[^&]*&?`), '');
      expect(await send(s3.endpoint, { path: without })).toMatchObject({
        status: 400,
        code: 'AuthorizationQueryParametersError',
      });
    },
  );

  it('is refused when a parameter of the signature comes twice', async () => {
    const { path } = presign(s3, { path: object });
    const credential = /X-Amz-Credential=[^&]*/.exec(path)?.[0];
    expect(await send(s3.endpoint, { path: `${path}&${credential}` })).toMatchObject({
      status: 400,
      code: 'AuthorizationQueryParametersError',
    });
  });

  it('is refused with an x-amz header that was not signed', async () => {
    const { path } = presign(s3, { path: object, method: 'PUT' });
    const headers = { 'x-amz-meta-owner': 'somebody else' };
    const answer = await send(s3.endpoint, { path, method: 'PUT', headers, body: 'x' });
    expect(answer).toMatchObject({ status: 403, code: 'AccessDenied' });
    expect(answer.body).toContain('<HeadersNotSigned>x-amz-meta-owner</HeadersNotSigned>');
  });
});

describe('an Authorization header', () => {
  it('opens the object that it was signed for', async () => {
    expect(await send(s3.endpoint, sign(s3, { path: object }))).toMatchObject({
      status: 200,
      body: content,
    });
  });

  it('is refused for a parameter that it does not cover', async () => {
    const request = sign(s3, { path: object });
    expect(await send(s3.endpoint, { ...request, path: `${object}?Called=1` })).toMatchObject({
      status: 403,
      code: 'SignatureDoesNotMatch',
    });
  });

  it('is refused for another region, and the answer names the right one', async () => {
    const request = sign(s3, { path: object }, { region: 'us-east-1' });
    const answer = await send(s3.endpoint, request);
    expect(answer).toMatchObject({ status: 400, code: 'AuthorizationHeaderMalformed' });
    expect(answer.body).toContain(`<Region>${region}</Region>`);
    expect(answer.body).toContain(`the region 'us-east-1' is wrong; expecting '${region}'`);
  });

  it('is refused for another service, terminal or date', async () => {
    const request = sign(s3, { path: object });
    const authorization = String(request.headers?.Authorization);
    const variants = [
      ['incorrect service "sns"', authorization.replace('/s3/', '/sns/')],
      ['incorrect terminal "aws5_request"', authorization.replace('aws4_request', 'aws5_request')],
      ['Invalid credential date', authorization.replace(/\/\d{8}\//, '/20130524/')],
      ['the Credential is mal-formed', authorization.replace('/aws4_request', '')],
      ['the Credential is mal-formed', authorization.replace(`/${region}/`, '//')],
      ['the Credential is mal-formed', authorization.replace(/Credential=[^,]*/, 'Credential=no')],
      ['requires three components', authorization.replace(/, Signature=.*/, '')],
    ];
    for (const [message, Authorization = ''] of variants) {
      const headers = { ...request.headers, Authorization };
      const answer = await send(s3.endpoint, { ...request, headers });
      expect(answer).toMatchObject({ status: 400, code: 'AuthorizationHeaderMalformed' });
      expect(answer.body.replaceAll('&quot;', '"')).toContain(message);
    }
  });

  it.each([-16, 16])('is refused when it is %s minutes off', async (off) => {
    const request = sign(s3, { path: object }, { aheadMs: minutes(off) });
    expect(await send(s3.endpoint, request)).toMatchObject({
      status: 403,
      code: 'RequestTimeTooSkewed',
    });
  });

  it.each([-14, 14])('is taken when it is %s minutes off', async (off) => {
    const request = sign(s3, { path: object }, { aheadMs: minutes(off) });
    expect(await send(s3.endpoint, request)).toMatchObject({ status: 200 });
  });

  it('is refused with a date in any other form', async () => {
    const request = sign(s3, { path: object });
    const headers = { ...request.headers, 'X-Amz-Date': new Date().toUTCString() };
    expect(await send(s3.endpoint, { ...request, headers })).toMatchObject({
      status: 403,
      code: 'AccessDenied',
    });
  });

  it('may be dated by the Date header instead', async () => {
    const date = new Date().toUTCString();
    const { headers } = aws4.sign(
      {
        service: 's3',
        region,
        path: object,
        doNotModifyHeaders: true,
        headers: {
          Host: new URL(s3.endpoint).host,
          Date: date,
          'X-Amz-Content-Sha256': 'UNSIGNED-PAYLOAD',
        },
      },
      s3.credentials,
    );
    const sent = { Date: date, 'X-Amz-Content-Sha256': 'UNSIGNED-PAYLOAD' };
    const Authorization = String(headers?.Authorization);
    const answer = await send(s3.endpoint, { path: object, headers: { ...sent, Authorization } });
    expect(answer).toMatchObject({ status: 200 });
  });

  it('must cover every x-amz header and the host', async () => {
    const request = sign(s3, { path: object });
    const authorization = String(request.headers?.Authorization);
    const extra = { ...request.headers, 'x-amz-meta-a': '1' };
    const withoutHost = { ...request.headers, Authorization: authorization.replace('host;', '') };
    for (const headers of [extra, withoutHost]) {
      expect(await send(s3.endpoint, { ...request, headers })).toMatchObject({
        status: 403,
        code: 'AccessDenied',
      });
    }
  });

  it('is verified over trimmed header values with single blanks', async () => {
    const headers = { 'x-amz-meta-note': '  two   blanks  ' };
    const request = sign(s3, { method: 'PUT', path: '/prompts/note', headers, body: 'x' });
    expect(await send(s3.endpoint, request)).toMatchObject({ status: 200 });
  });

  it('is verified over a repeated header as one, joined by a comma', async () => {
    const joined = { 'x-amz-meta-note': 'a,b' };
    const request = sign(s3, { method: 'PUT', path: '/prompts/note', headers: joined, body: 'x' });
    const headers = { ...request.headers, 'x-amz-meta-note': ['a', 'b'] };
    expect(await send(s3.endpoint, { ...request, headers })).toMatchObject({ status: 200 });
  });

  it('is verified over both values of a repeated parameter', async () => {
    const signer = new SignatureV4({
      service: 's3',
      region,
      credentials: s3.credentials,
      sha256: Sha256,
      uriEscapePath: false,
    });
    const { host } = new URL(s3.endpoint);
    const signed = await signer.sign(
      new HttpRequest({
        method: 'GET',
        path: object,
        headers: { host },
        query: { 'x-id': ['2', '1'] },
      }),
    );
    const answer = (query: string) =>
      send(s3.endpoint, { path: `${object}?${query}`, headers: signed.headers });
    expect(await answer('x-id=2&x-id=1')).toMatchObject({ status: 200 });
    expect(await answer('x-id=2&x-id=3')).toMatchObject({ code: 'SignatureDoesNotMatch' });
    expect(await answer('x-id=2')).toMatchObject({ code: 'SignatureDoesNotMatch' });
  });

  it("is verified over a query with !'()*, escaped or not", async () => {
    const list = new ListObjectsV2Command({ Bucket: 'prompts', Prefix: "!'()*" });
    expect(await client.send(list)).toMatchObject({ KeyCount: 0 });
    const request = sign(s3, { path: "/prompts?list-type=2&prefix=!'()*" });
    const { headers } = request;
    for (const prefix of ["!'()*", '%21%27%28%29%2a']) {
      const answer = await send(s3.endpoint, {
        path: `/prompts?list-type=2&prefix=${prefix}`,
        headers,
      });
      expect(answer).toMatchObject({ status: 200 });
    }
  });

  it.each(['/prompts', '/prompts/'])('is verified over %s as it was sent', async (bucket) => {
    const path = `${bucket}?list-type=2`;
    expect(await send(s3.endpoint, sign(s3, { path }))).toMatchObject({ status: 200 });
  });

  it('needs the hash of the payload, or says that it is not signed', async () => {
    const request = sign(s3, { path: object });
    const { 'X-Amz-Content-Sha256': hash, ...headers } = Object(request.headers);
    expect(hash).toMatch(/^[\da-f]{64}$/);
    expect(await send(s3.endpoint, { ...request, headers })).toMatchObject({
      status: 400,
      code: 'InvalidRequest',
    });
    const none = sign(s3, { path: object, headers: { 'X-Amz-Content-Sha256': 'none' } });
    expect(await send(s3.endpoint, none)).toMatchObject({ status: 400, code: 'InvalidArgument' });
  });

  it('is refused beside a presigned query', async () => {
    const { headers = {} } = sign(s3, { path: object });
    const path = await presignedBySdk();
    expect(await send(s3.endpoint, { path, headers })).toMatchObject({
      status: 400,
      code: 'InvalidArgument',
    });
  });

  it.each(['X-Amz-Signature=0', 'x-amz-signature=0'])(
    "is refused with %s in the query, which AWS's signer never signs",
    async (parameter) => {
      const request = sign(s3, { path: object });
      const path = `${object}?${parameter}`;
      expect(await send(s3.endpoint, { ...request, path })).toMatchObject({
        code: 'SignatureDoesNotMatch',
      });
    },
  );

  it('may be signed for a bucket in the host name', async () => {
    const Host = `prompts.s3.${region}.amazonaws.com`;
    const request = sign(s3, { path: '/welcome.mp3', headers: { Host } });
    expect(await send(s3.endpoint, request)).toMatchObject({ status: 200, body: content });
  });
});

describe('credentials', () => {
  it('that are unknown are refused', async () => {
    for (const accessKeyId of ['UNKNOWN', 'AKIAIOSFODNN7EXAMPLF']) {
      const credentials = { accessKeyId, secretAccessKey: 'secret' };
      for (const request of [
        sign(s3, { path: object }, { credentials }),
        presign(s3, { path: object }, { credentials }),
      ]) {
        expect(await send(s3.endpoint, request)).toMatchObject({
          status: 403,
          code: 'InvalidAccessKeyId',
        });
      }
    }
  });

  it('with a wrong secret are refused', async () => {
    const credentials = { ...s3.credentials, secretAccessKey: 'wrong' };
    expect(await send(s3.endpoint, sign(s3, { path: object }, { credentials }))).toMatchObject({
      status: 403,
      code: 'SignatureDoesNotMatch',
    });
  });

  it('with a session token are refused: this server has no temporary credentials', async () => {
    const credentials = { ...s3.credentials, sessionToken: 'token' };
    for (const request of [
      sign(s3, { path: object }, { credentials }),
      presign(s3, { path: object }, { credentials }),
    ]) {
      expect(await send(s3.endpoint, request)).toMatchObject({ status: 400, code: 'InvalidToken' });
    }
  });
});

describe('a request without Signature Version 4', () => {
  it.each([
    { path: object, method: 'GET' },
    { path: object, method: 'PUT', body: 'x' },
    { path: object, method: 'DELETE' },
    { path: object, method: 'OPTIONS' },
    { path: '/prompts', method: 'GET' },
    { path: '/prompts', method: 'POST', body: 'x' },
    { path: '/', method: 'GET' },
    { path: `${object}?x-amz-algorithm=AWS4-HMAC-SHA256`, method: 'GET' },
  ])('is anonymous and refused: $method $path', async (request) => {
    expect(await send(s3.endpoint, request)).toMatchObject({ status: 403, code: 'AccessDenied' });
  });

  it('is refused as anonymous for HEAD, too', async () => {
    const answer = await send(s3.endpoint, { path: object, method: 'HEAD' });
    expect(answer).toMatchObject({ status: 403, body: '' });
  });

  it.each([
    { path: object, headers: { Authorization: 'AWS AKIAIOSFODNN7EXAMPLE:c2lnbmF0dXJl' } },
    { path: `${object}?AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Expires=1893456000&Signature=c2ln` },
  ])('is refused as Version 2, which does not sign appended parameters', async (request) => {
    expect(await send(s3.endpoint, request)).toMatchObject({ status: 400, code: 'InvalidRequest' });
  });

  it('is refused with any other scheme', async () => {
    const headers = { Authorization: 'Bearer token' };
    expect(await send(s3.endpoint, { path: object, headers })).toMatchObject({
      status: 400,
      code: 'InvalidArgument',
    });
  });
});

describe('a request target', () => {
  it('with a raw plus asks for a blank', async () => {
    const request = sign(s3, { path: '/prompts/a+b.mp3' });
    expect(await send(s3.endpoint, request)).toMatchObject({ status: 200 });
  });

  it.each(['/prompts/%', '/prompts/%ff.mp3', '/%zz', '/?a=%e6%99', 'http://prompts/'])(
    'that cannot be decoded is refused: %s',
    async (path) => {
      expect(await send(s3.endpoint, { path })).toMatchObject({ status: 400, code: 'InvalidURI' });
    },
  );
});

describe('the canonical request', () => {
  /** The lines of the canonical request that the server computes for a target. */
  async function canonicalOf(path: string): Promise<string[]> {
    const { headers = {} } = sign(s3, { path: '/' });
    const Authorization = String(headers.Authorization).replace(/Signature=.*/, 'Signature=0');
    const { code, body } = await send(s3.endpoint, {
      path,
      headers: { ...headers, Authorization },
    });
    expect(code).toBe('SignatureDoesNotMatch');
    const text = /<CanonicalRequest>([^<]*)</.exec(body)?.[1] ?? '';
    return text.replaceAll('&amp;', '&').split('\n');
  }

  it.each([
    ['/test$file.text', '/test%24file.text'],
    ['/examplebucket/', '/examplebucket/'],
    ['/a//b/./../c', '/a//b/./../c'],
    ["/it's%20(1)!*", '/it%27s%20%281%29%21%2A'],
    ['/a+b%2Bc', '/a%20b%2Bc'],
    ['/%e6%99%82', '/%E6%99%82'],
    ['/a%2Fb', '/a/b'],
    ['/a~b-c_d.e', '/a~b-c_d.e'],
    ['/100%25', '/100%25'],
    ['/path?query', '/path'],
  ])('has for the path of %s the URI %s', async (target, uri) => {
    expect((await canonicalOf(target))[1]).toBe(uri);
  });

  it.each([
    ['/?max-keys=2&prefix=J', 'max-keys=2&prefix=J'],
    ['/?lifecycle', 'lifecycle='],
    ['/?b=2&a=1', 'a=1&b=2'],
    ['/?a=2&a=1&a=10', 'a=1&a=10&a=2'],
    ['/?B=1&a=1', 'B=1&a=1'],
    ['/?a-b=1&a=2', 'a=2&a-b=1'],
    ['/?prefix=a+b%20c%2B', 'prefix=a%20b%20c%2B'],
    ["/?x=!'()*", 'x=%21%27%28%29%2A'],
    ['/?x=a=b?c/d', 'x=a%3Db%3Fc%2Fd'],
    ['/?&a=1&&', 'a=1'],
    ['/', ''],
  ])('has for the query of %s the query %s', async (target, query) => {
    expect((await canonicalOf(target))[2]).toBe(query);
  });

  it('changes whenever a parameter is appended', async () => {
    const name = fc.string({ minLength: 1 }).filter((each) => !/^x-amz-/i.test(each));
    const parameter = fc.tuple(name, fc.string());
    const encode = (parameters: [string, string][]) =>
      `/?${parameters.map((pair) => pair.map(encodeURIComponent).join('=')).join('&')}`;
    const property = fc.asyncProperty(
      fc.array(parameter),
      parameter,
      async (parameters, appended) => {
        const before = await canonicalOf(encode(parameters));
        expect(await canonicalOf(encode([...parameters, appended]))).not.toEqual(before);
      },
    );
    await fc.assert(property, { numRuns: 50 });
  });
});
