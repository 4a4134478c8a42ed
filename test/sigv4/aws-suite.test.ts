import { describe, expect, it } from '@jest/globals';
import {
  amzDate,
  canonicalHeaders,
  canonicalRequest,
  lowerCased,
  presignQuery,
  type SigningOptions,
  signature,
  signHeaders,
  signingKey,
  stringToSign,
} from '../../src/sigv4';
import { parseRequest, suiteCases } from '../helpers/sigv4/suite';

const cases = suiteCases().map((each) => [each.name, each] as const);

/** Steps 2 and 3 and the signature, from the canonical request on. */
function laterSteps(canonical: string, { credentials, now, region, service = '' }: SigningOptions) {
  const date = amzDate(now);
  const scope = { day: date.slice(0, 8), region, service };
  const text = stringToSign(date, scope, canonical);
  return { text, signature: signature(signingKey(credentials.secretAccessKey, scope), text) };
}

describe("AWS's signing test suite", () => {
  it('is here whole', () => {
    expect(cases).toHaveLength(38);
  });

  it.each(cases)('signs %s by header', (_, { request, options, read }) => {
    const sent = signHeaders(request, options);

    const signed = lowerCased(sent);
    if (!options.signSessionToken) signed.delete('x-amz-security-token');
    const { method, path, query = '' } = request;
    const { payloadHash } = options;
    const headers = canonicalHeaders(signed);
    const canonical = canonicalRequest({ method, path, query, headers, payloadHash }, options);
    expect(canonical).toBe(read('header-canonical-request.txt'));

    const later = laterSteps(canonical, options);
    expect(later.text).toBe(read('header-string-to-sign.txt'));
    expect(later.signature).toBe(read('header-signature.txt'));
    expect(sent).toEqual(parseRequest(read('header-signed-request.txt')).headers);
  });

  it.each(cases)('signs %s by query', (_, { request, options, read }) => {
    const query = presignQuery(request, options);

    const signed = options.signSessionToken
      ? query
      : query.replace(/&X-Amz-Security-Token=[^&]*/, '');
    const { method, path } = request;
    const { payloadHash } = options;
    const headers = canonicalHeaders(lowerCased(request.headers));
    const canonical = canonicalRequest(
      { method, path, query: signed, headers, payloadHash },
      options,
    );
    expect(canonical).toBe(read('query-canonical-request.txt'));

    const later = laterSteps(canonical, options);
    expect(later.text).toBe(read('query-string-to-sign.txt'));
    expect(later.signature).toBe(read('query-signature.txt'));
    expect(query).toBe(parseRequest(read('query-signed-request.txt')).query);
  });
});
