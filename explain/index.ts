import { ALGORITHM } from '../src/sigv4';
import { canonicalOf, diffCanonical, maskCanonical, sha256 } from './canonical';
import { expiryOf, flawOfSignature, readClaims } from './claims';
import { compareParameters } from './compare';
import { malformed, tokenMissing, unsigned } from './form';
import { hints } from './hints';
import { createMask } from './mask';
import { mismatch } from './mismatch';
import { websiteHost, wrongRegion, wrongService } from './region';
import { otherSecret } from './secret';
import { outOfTime } from './time';
import type { Both, Comparison, ExplainOptions, Explanation } from './types';
import { parameter, readUrl, type SentUrl, signedPath } from './url';
import { notesOn, reasonFor } from './wording';

export type * from './types';

/**
 * Explains what S3 makes of a presigned URL that did not arrive as it was signed: which parameters
 * were added, removed or changed, how the canonical requests differ, and why S3 refuses.
 *
 * @param presignedUrl whole, as the signer made it
 * @param requestedUrl as S3 got it: whole, or the path and query from an access log
 * @returns with signatures, session tokens, access key ids and phone numbers masked throughout
 * @throws {TypeError} when one is not a URL, or the first is not presigned by Signature Version 4.
 */
export function explain(
  presignedUrl: string,
  requestedUrl: string,
  options: ExplainOptions = {},
): Explanation {
  const presigned = readPresigned(presignedUrl);
  const requested = readUrl(requestedUrl, presigned);
  const claims = readClaims(requested);
  const mask = createMask();
  const both = (show: (url: SentUrl) => string): Both => ({
    presigned: show(presigned),
    requested: show(requested),
  });

  const method = methods(presigned, requested, options);
  const path = both((url) => mask.text(signedPath(url)));
  const parameters = compareParameters(presigned, requested, mask);
  const comparison: Comparison = { presigned, requested, method, path, parameters };
  const canonical = {
    presigned: canonicalOf(presigned, method.presigned),
    requested: canonicalOf(requested, method.requested),
  };
  const refusals = [
    unsigned(claims, claims.missing.length > 0 ? hints(comparison) : []),
    malformed(claims),
    websiteHost(requested.host),
    wrongService(claims, requested.host),
    wrongRegion(claims, requested.host, options.region),
    tokenMissing(claims),
    outOfTime(claims, options.now),
    claims.missing.length > 0 ? undefined : mismatch(comparison),
    otherSecret(presigned, canonical.presigned, options.secretAccessKey),
  ].filter((refusal) => refusal !== undefined);

  return {
    accepted: refusals.length === 0,
    reason: reasonFor(refusals, presignedUrl.trim() === requestedUrl.trim()),
    refusals,
    notes: notesOn(presigned, requested, claims, parameters, refusals, options),
    method,
    host: both((url) => url.host),
    path,
    parameters,
    credential: both((url) =>
      mask.value('X-Amz-Credential', parameter(url, 'X-Amz-Credential') ?? ''),
    ),
    validity: {
      from: claims.signedAt?.toISOString(),
      until: expiryOf(claims)?.toISOString(),
      at: options.now?.toISOString(),
    },
    canonicalRequests: {
      presigned: maskCanonical(canonical.presigned, mask),
      requested: maskCanonical(canonical.requested, mask),
    },
    canonicalRequestHashes: {
      presigned: sha256(canonical.presigned),
      requested: sha256(canonical.requested),
    },
    diff: diffCanonical(canonical.presigned, canonical.requested, mask),
  };
}

function readPresigned(text: string): SentUrl {
  const url = readUrl(text);
  const { missing, algorithm } = readClaims(url);
  const flaw = flawOfSignature(url);
  if (url.escaped && missing.length > 0) {
    throw new TypeError(
      'The presigned URL is escaped for XML or JSON: write & where it has &amp;, &#38; or \\u0026',
    );
  }
  if (parameter(url, 'AWSAccessKeyId') !== undefined) {
    throw new TypeError('The presigned URL is of Signature Version 2: presign with Version 4');
  }
  if (missing.length > 0) {
    throw new TypeError(`The first URL is not a presigned one: it has no ${missing.join(', no ')}`);
  }
  if (algorithm !== ALGORITHM) {
    throw new TypeError(`The X-Amz-Algorithm of the presigned URL is not ${ALGORITHM}`);
  }
  if (flaw) throw new TypeError(`The presigned URL ${flaw}`);
  return url;
}

function methods(presigned: SentUrl, requested: SentUrl, options: ExplainOptions): Both {
  const signed = options.presignedMethod ?? presigned.method ?? 'GET';
  return {
    presigned: signed.toUpperCase(),
    requested: (options.requestedMethod ?? requested.method ?? signed).toUpperCase(),
  };
}
