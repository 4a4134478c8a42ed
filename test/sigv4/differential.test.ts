import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { presignQuery, signHeaders } from '../../src/sigv4';
import {
  distinctParameters,
  host,
  parameters,
  presigning,
  RUNS,
  rawPath,
  requestWith,
  signing,
} from '../helpers/sigv4/arbitraries';
import {
  presignWithAws4,
  presignWithSmithy,
  type SmithyQuery,
  signWithAws4,
  signWithSmithy,
  smithyQuery,
} from '../helpers/sigv4/peers';

const runs = { numRuns: RUNS };
const TIMEOUT = 600_000;

const pairsIn = (query: string) => [...new URLSearchParams(query)].map(String).sort();
const pairsOf = (query: SmithyQuery) =>
  Object.entries(query)
    .flatMap(([name, values]) => [values].flat().map((value) => String([name, value])))
    .sort();

describe('beside aws4', () => {
  // Of several values of a name aws4 signs only the first for S3; the AWS SDK signs all of them.
  const request = requestWith(distinctParameters);

  it(
    'sends the same headers, byte for byte',
    () => {
      const property = fc.property(request, signing, ({ request }, options) => {
        expect(signHeaders(request, options)).toEqual(signWithAws4(request, options));
      });
      fc.assert(property, runs);
    },
    TIMEOUT,
  );

  it(
    'presigns the same query',
    () => {
      const property = fc.property(request, presigning, ({ request }, options) => {
        const theirs = presignWithAws4(request, options);
        expect(pairsIn(presignQuery(request, options))).toEqual(pairsIn(theirs));
      });
      fc.assert(property, runs);
    },
    TIMEOUT,
  );
});

describe("beside the AWS SDK's signer", () => {
  const request = requestWith(parameters);

  it(
    'sends the same headers, byte for byte',
    async () => {
      const property = fc.asyncProperty(request, signing, async ({ request, pairs }, options) => {
        const theirs = await signWithSmithy(request, smithyQuery(pairs), options);
        expect(signHeaders(request, options)).toEqual(theirs);
      });
      await fc.assert(property, runs);
    },
    TIMEOUT,
  );

  it(
    'presigns the same query',
    async () => {
      const property = fc.asyncProperty(
        request,
        presigning,
        async ({ request, pairs }, options) => {
          const theirs = await presignWithSmithy(request, smithyQuery(pairs), options);
          expect(pairsIn(presignQuery(request, options))).toEqual(pairsOf(theirs));
        },
      );
      await fc.assert(property, runs);
    },
    TIMEOUT,
  );

  it(
    'signs any path by the general rules: normalised and encoded twice',
    async () => {
      const property = fc.asyncProperty(rawPath, host, signing, async (path, host, options) => {
        const request = { method: 'GET', host, path };
        const rules = { service: 'execute-api', normalizePath: true, doubleEncodePath: true };
        const theirs = await signWithSmithy(request, {}, { ...options, ...rules });
        expect(signHeaders(request, { ...options, ...rules })).toEqual(theirs);
      });
      await fc.assert(property, runs);
    },
    TIMEOUT,
  );
});
