import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { signHeaders, type UnsignedRequest } from '../../src/sigv4/sign';
import {
  distinctParameters,
  parameters,
  presigningOptions,
  RUNS,
  requestWith,
  signingOptions,
} from '../helpers/sigv4/arbitraries';
import {
  type PresigningOptions,
  presignWithAws4,
  presignWithSmithy,
  type SmithyQuery,
  signWithAws4,
  signWithSmithy,
  smithyQuery,
} from '../helpers/sigv4/peers';
import { presign } from '../helpers/sigv4/presign';

const runs = { numRuns: RUNS };
const TIMEOUT_MS = 600_000;

const pairsIn = (query: string) => [...new URLSearchParams(query)].map(String).sort();
const pairsOf = (query: SmithyQuery) =>
  Object.entries(query)
    .flatMap(([name, values]) => [values].flat().map((value) => String([name, value])))
    .sort();
const ourPairs = (request: UnsignedRequest, options: PresigningOptions) =>
  pairsIn(presign(request, { ...options, service: 's3' }).query);

describe('beside aws4', () => {
  // Of several values of a name aws4 signs only the first for S3; the AWS SDK signs all of them.
  const request = requestWith(distinctParameters);

  test(
    'any request has the same headers, byte for byte',
    () => {
      const property = fc.property(request, signingOptions, ({ request }, options) => {
        expect(signHeaders(request, options)).toEqual(signWithAws4(request, options));
      });
      fc.assert(property, runs);
    },
    TIMEOUT_MS,
  );

  test(
    'any request has the same presigned query',
    () => {
      const property = fc.property(request, presigningOptions, ({ request }, options) => {
        const theirs = presignWithAws4(request, options);
        expect(ourPairs(request, options)).toEqual(pairsIn(theirs));
      });
      fc.assert(property, runs);
    },
    TIMEOUT_MS,
  );
});

describe("beside the AWS SDK's signer", () => {
  const request = requestWith(parameters);

  test(
    'any request has the same headers, byte for byte',
    async () => {
      const property = fc.asyncProperty(
        request,
        signingOptions,
        async ({ request, pairs }, options) => {
          const theirs = await signWithSmithy(request, smithyQuery(pairs), options);
          expect(signHeaders(request, options)).toEqual(theirs);
        },
      );
      await fc.assert(property, runs);
    },
    TIMEOUT_MS,
  );

  test(
    'any request has the same presigned query',
    async () => {
      const property = fc.asyncProperty(
        request,
        presigningOptions,
        async ({ request, pairs }, options) => {
          const theirs = await presignWithSmithy(request, smithyQuery(pairs), options);
          expect(ourPairs(request, options)).toEqual(pairsOf(theirs));
        },
      );
      await fc.assert(property, runs);
    },
    TIMEOUT_MS,
  );
});
