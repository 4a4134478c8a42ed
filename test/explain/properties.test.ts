import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createColors } from 'picocolors';
import { explain, printExplanation } from '../../explain';
import { canonicalRequest, signature, signingKey, stringToSign } from '../../src/sigv4/sign';
import {
  credentials,
  now,
  presign,
  secretAccessKey,
  sessionToken,
  TWILIO_PARAMETERS,
} from '../helpers/explain/urls';
import { parameters, RUNS, SLOW_RUNS } from '../helpers/sigv4/arbitraries';

const HOST = 'prompts.s3.eu-west-1.amazonaws.com';
const accessKeyId = 'ASIAIOSFODNN7EXAMPLE';
const url = presign({ credentials: { ...credentials, accessKeyId, sessionToken } });
const [, path = '', query = ''] = /^https:\/\/[^/]+([^?]*)\?(.*)$/.exec(url) ?? [];
const signed = query.split('&');

/** What may happen to a query on its way; the signature stays one. */
const mangled = fc
  .record({
    added: parameters,
    dropped: fc.array(fc.nat(signed.length - 1), { maxLength: 2 }),
    turn: fc.nat(signed.length),
    lowerCase: fc.boolean(),
  })
  .map(({ added, dropped, turn, lowerCase }) => {
    const kept = signed.filter((_, i) => !dropped.includes(i));
    const pairs = added
      .filter(([name]) => name !== 'X-Amz-Signature')
      .map((pair) => pair.map(encodeURIComponent).join('='));
    const sent = [...kept.slice(turn), ...pairs, ...kept.slice(0, turn)].join('&');
    return lowerCase ? sent.replace(/%../g, (octet) => octet.toLowerCase()) : sent;
  });

/** What S3 does: makes the signature anew, of what it got, and compares. */
function isRight(sent: string): boolean {
  const scope = { day: '20260301', region: 'eu-west-1', service: 's3' };
  const canonical = canonicalRequest({
    method: 'GET',
    path,
    query: sent,
    headers: [['host', HOST]],
    payloadHash: 'UNSIGNED-PAYLOAD',
  });
  const text = stringToSign('20260301T120000Z', scope, canonical);
  return sent.includes(`X-Amz-Signature=${signature(signingKey(secretAccessKey, scope), text)}`);
}

describe('explain, of any query', () => {
  it('accepts what has the right signature, and nothing else', () => {
    const property = fc.property(mangled, (sent) => {
      const { accepted } = explain(url, `https://${HOST}${path}?${sent}`, { now });
      expect(accepted).toBe(isRight(sent));
    });
    fc.assert(property, { numRuns: RUNS, examples: [[query], [signed.toReversed().join('&')]] });
  });

  it('shows no secret and no phone number, wherever the URL has it', () => {
    const signatureText = signed.at(-1)?.split('=')[1] ?? '';
    const hidden = [
      accessKeyId,
      signatureText,
      secretAccessKey,
      sessionToken.slice(0, 20),
      'TAILofTOKEN',
      // The end of each phone number in Twilio's parameters.
      '12345678',
    ];
    const number = '+819012345678';
    const nested = fc.constantFrom(
      (sent: string) => `${path}?${sent}`,
      (sent: string) => `${path}?${sent.replaceAll('&', '&amp;')}`,
      (sent: string) => `${path}?${encodeURIComponent(sent)}`,
      (sent: string) => `${path}?a=${encodeURIComponent(url)}&${sent}`,
      (sent: string) => `${path}?ErrorUrl=${encodeURIComponent(encodeURIComponent(url))}&${sent}`,
      (sent: string) => `${path}?${sent.replaceAll('%', '%25')}`,
      (sent: string) => `${path}?${sent.replaceAll('%', '%2525')}`,
      (sent: string) => `${path}?${sent.replaceAll('&', '%26')}`,
      (sent: string) => `${path}?${sent.replaceAll('&From', '%26From')}`,
      (sent: string) => `${path}?${sent.replaceAll('&X-Amz-Signature', '%26X-Amz-Signature')}`,
      (sent: string) => `${path}?ErrorUrl=${encodeURIComponent(`${path}?${sent}`)}&${sent}`,
      (sent: string) => `${path}?a=${encodeURIComponent(JSON.stringify({ From: number }))}&${sent}`,
      (sent: string) => `${path}?${encodeURIComponent(JSON.stringify([number]))}&${sent}`,
      (sent: string) => `${path}?To=sips%3A${encodeURIComponent(number)}%40h&${sent}`,
      (sent: string) => `${path}?${encodeURIComponent(number)}=&${sent}`,
      (sent: string) => `/${encodeURIComponent(number)}${path}?${sent}`,
      (sent: string) => `${path}?${sent.replaceAll('&', '%26').replaceAll('=', '%3D')}`,
      (sent: string) => `${path}%3F${encodeURIComponent(sent)}`,
      (sent: string) => `${path}?${sent.toLowerCase()}`,
      (sent: string) => `${path}?${sent.replaceAll('X-Amz-', '')}`,
    );
    const property = fc.property(nested, mangled, fc.boolean(), (nest, sent, colors) => {
      const asked = nest(`${sent}&${TWILIO_PARAMETERS}`);
      const explanation = explain(url, asked, { now, secretAccessKey });
      const shown =
        JSON.stringify(explanation) +
        printExplanation(explanation, { colors: createColors(colors), width: 100, verbose: true });
      for (const secret of hidden) {
        expect(shown.toLowerCase()).not.toContain(secret.toLowerCase());
      }
    });
    fc.assert(property, { numRuns: SLOW_RUNS });
  });
});
