import { describe, expect, it } from '@jest/globals';
import { canonicalHeaders, lowerCased } from '../../src/sigv4/canonical';
import {
  canonicalRequest,
  signature,
  signHeaders,
  signingKey,
  stringToSign,
} from '../../src/sigv4/sign';
import { blocks, readPage } from '../helpers/docs/markdown';
import { presign } from '../helpers/sigv4/presign';

const credentials = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};
const region = 'us-east-1';
const now = new Date('2013-05-24T00:00:00Z');
const scope = { day: '20130524', region, service: 's3' };
const request = { method: 'GET', host: 'examplebucket.s3.amazonaws.com', path: '/test.txt' };

/** The four steps, as texts. */
function steps(canonical: string): [string, string, string, string] {
  const text = stringToSign('20130524T000000Z', scope, canonical);
  const key = signingKey(credentials.secretAccessKey, scope);
  return [canonical, text, key.export().toString('hex'), signature(key, text)];
}

describe('docs/signature-v4.md', () => {
  const shown = blocks(readPage('docs/signature-v4.md')).map(({ text }) => text.trimEnd());

  it('shows the four steps as the code takes them', () => {
    const options = { credentials, region, now };
    const sent = signHeaders({ ...request, headers: { Range: 'bytes=0-9' } }, options);
    const headers = canonicalHeaders(lowerCased(sent));
    const payloadHash = sent['x-amz-content-sha256'] ?? '';
    const { method, path } = request;
    expect(shown.slice(0, 5)).toEqual([
      ...steps(canonicalRequest({ method, path, query: '', headers, payloadHash })),
      `Authorization: ${sent.authorization}`,
    ]);
  });

  it('shows how a presigned URL is signed, and how S3 checks it with a parameter more', () => {
    const options = { credentials, region, service: 's3', now, expiresInSeconds: 86_400 };
    const { parts } = presign(request, options);
    const presigned = canonicalRequest(parts);
    const longer = canonicalRequest({ ...parts, query: `${parts.query}&Called=%2B815012345678` });
    expect(shown.slice(5)).toEqual([
      presigned,
      steps(presigned)[3],
      longer.split('\n')[2],
      steps(longer)[3],
    ]);
  });
});
