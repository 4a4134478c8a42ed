import { describe, expect, test } from '@jest/globals';
import {
  amzDate,
  canonicalRequest,
  type SignedParts,
  type Signer,
  signature,
  signingKey,
  stringToSign,
} from '../../src/sigv4/sign';
import { parseRequest, signByHeader, signByQuery, suiteCases } from '../helpers/sigv4/suite';

const cases = suiteCases().map((each) => [each.name, each] as const);

/** Each step by itself. */
function stepsOf(parts: SignedParts, { credentials, now, region, service }: Signer) {
  const date = amzDate(now);
  const scope = { day: date.slice(0, 8), region, service };
  const canonical = canonicalRequest(parts);
  const text = stringToSign(date, scope, canonical);
  const signed = signature(signingKey(credentials.secretAccessKey, scope), text);
  return { canonical, text, signature: signed };
}

describe("AWS's signing test suite", () => {
  test('all 38 cases are here', () => {
    expect(cases).toHaveLength(38);
  });

  test.each(cases)('%s is signed in its Authorization header', (_, each) => {
    const { parts, headers } = signByHeader(each);
    expect(stepsOf(parts, each.options)).toEqual({
      canonical: each.read('header-canonical-request.txt'),
      text: each.read('header-string-to-sign.txt'),
      signature: each.read('header-signature.txt'),
    });
    expect(headers).toEqual(parseRequest(each.read('header-signed-request.txt')).headers);
  });

  test.each(cases)('%s is signed in its query', (_, each) => {
    const { parts, query } = signByQuery(each);
    expect(stepsOf(parts, each.options)).toEqual({
      canonical: each.read('query-canonical-request.txt'),
      text: each.read('query-string-to-sign.txt'),
      signature: each.read('query-signature.txt'),
    });
    expect(query).toBe(parseRequest(each.read('query-signed-request.txt')).query);
  });
});
