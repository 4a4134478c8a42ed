import { hash } from 'node:crypto';
import { canonicalPath } from '../src/sigv4/canonical';
import { ALGORITHM } from '../src/sigv4/sign';
import {
  checkForm,
  checkRegion,
  checkService,
  checkSigned,
  checkTime,
  checkToken,
  checkWebsite,
  skewNote,
} from './checks';
import {
  canonicalOf,
  compareParameters,
  type DiffLine,
  diffCanonical,
  maskCanonical,
  type ParameterChanges,
} from './compare';
import { createMask } from './mask';
import { checkSecret, checkSignature, hints } from './mismatch';
import {
  parameter,
  readSigningParameters,
  readUrl,
  type SentUrl,
  type SigningParameters,
  signatureFlaw,
  signedHeaderNames,
} from './presigned-url';

/** Optional facts besides the two URLs. */
export interface ExplainOptions {
  /** When S3 gets the request. Without it the explanation leaves time out. */
  readonly now?: Date;
  /** The bucket's region. Default: what an amazonaws.com host says. */
  readonly region?: string;
  /** The method that the URL was presigned for. Default GET. */
  readonly presignedMethod?: string;
  /** The method that was sent. Default: the presigned one. */
  readonly requestedMethod?: string;
  /** Whether the presigned URL was taken from the requested one: the explanation says so. */
  readonly isAssumed?: boolean;
  /** Checks the presigned URL's own signature as well. Appears in no result. */
  readonly secretAccessKey?: string;
}

/** The error codes of S3 that a request's URL can earn. */
export type S3ErrorCode =
  | 'AccessDenied'
  | 'AuthorizationQueryParametersError'
  | 'InvalidAccessKeyId'
  | 'SignatureDoesNotMatch';

/** One reason for which S3 refuses the request. */
export interface S3ErrorReply {
  readonly status: 400 | 403;
  readonly code: S3ErrorCode;
  /** A clause that follows "because". */
  readonly because: string;
  /** What to do about it, in sentences. */
  readonly advice: readonly string[];
}

export interface Both {
  readonly presigned: string;
  readonly requested: string;
}

/** Signatures, session tokens, access key ids and phone numbers are masked in all of it. */
export interface Explanation {
  /** As far as the URLs tell: the object, the key and the permissions are not looked at. */
  readonly accepted: boolean;
  /** One sentence: why S3 refuses, or that it does not. */
  readonly reason: string;
  /** In the order in which S3 is known to check; it answers with the first. */
  readonly refusals: readonly S3ErrorReply[];
  /** What does not change the answer but is good to know. */
  readonly notes: readonly string[];
  readonly method: Both;
  readonly host: Both;
  readonly path: Both;
  readonly parameters: ParameterChanges;
  readonly credential: Both;
  /** ISO 8601; undefined where the requested URL does not say it in a form that S3 reads. */
  readonly validity: { readonly from?: string; readonly until?: string; readonly at?: string };
  readonly canonicalRequests: Both;
  /** SHA-256 of the unmasked ones: the last line of StringToSign in S3's error body. */
  readonly canonicalRequestHashes: Both;
  readonly diff: readonly DiffLine[];
}

/**
 * Explains what S3 makes of a presigned URL that did not arrive as it was signed: which parameters
 * were added, removed or changed, how the canonical requests differ, and why S3 refuses.
 *
 * @param presignedUrl whole, as the signer made it
 * @param requestedUrl as S3 got it: whole, or the path and query from an access log
 * @returns with signatures, session tokens, access key ids and phone numbers masked throughout
 * @throws {TypeError} when one is not a URL, or the first is not presigned by Signature Version 4
 */
export function explain(
  presignedUrl: string,
  requestedUrl: string,
  options: ExplainOptions = {},
): Explanation {
  const presigned = readPresigned(presignedUrl);
  const requested = readUrl(requestedUrl, presigned);
  const signing = readSigningParameters(requested);
  const mask = createMask();
  const both = (show: (url: SentUrl) => string): Both => ({
    presigned: show(presigned),
    requested: show(requested),
  });

  const method = methodsOf(presigned, requested, options);
  const path = both((url) => mask.text(canonicalPath(url.path)));
  const parameters = compareParameters(presigned, requested, mask);
  const canonical = {
    presigned: canonicalOf(presigned, method.presigned),
    requested: canonicalOf(requested, method.requested),
  };

  const comparison = { presigned, requested, method, path, parameters };
  const isSigned = signing.missing.length === 0;
  const isSignedApart = hasOwnSignature(presigned, requested);
  const refusals = [
    checkSigned(signing, isSigned ? [] : hints(comparison)),
    checkForm(signing),
    checkWebsite(requested.host),
    checkService(signing, requested.host),
    checkRegion(signing, requested.host, options.region),
    checkToken(signing),
    checkTime(signing, options.now),
    isSigned && !isSignedApart ? checkSignature(comparison) : undefined,
    checkSecret(presigned, canonical.presigned, options.secretAccessKey),
  ].filter((error) => error !== undefined);

  return {
    accepted: refusals.length === 0,
    reason: reasonFor(refusals, () => {
      if (isSignedApart) return 'apart';
      if (presignedUrl.trim() !== requestedUrl.trim()) return 'alike';
      return options.isAssumed ? 'single' : 'equal';
    }),
    refusals,
    notes: notesOn(presigned, requested, signing, parameters, refusals, options),
    method,
    host: both((url) => url.host),
    path,
    parameters,
    credential: both((url) =>
      mask.value('X-Amz-Credential', parameter(url, 'X-Amz-Credential') ?? ''),
    ),
    validity: {
      from: signing.signedAt?.toISOString(),
      until: signing.expiresAt?.toISOString(),
      at: options.now?.toISOString(),
    },
    canonicalRequests: {
      presigned: maskCanonical(canonical.presigned, mask),
      requested: maskCanonical(canonical.requested, mask),
    },
    canonicalRequestHashes: {
      presigned: hash('sha256', canonical.presigned),
      requested: hash('sha256', canonical.requested),
    },
    diff: diffCanonical(canonical.presigned, canonical.requested, mask),
  };
}

function readPresigned(text: string): SentUrl {
  const url = readUrl(text);
  const { missing, algorithm } = readSigningParameters(url);
  const flaw = signatureFlaw(url);
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

function methodsOf(presigned: SentUrl, requested: SentUrl, options: ExplainOptions): Both {
  const signed = options.presignedMethod ?? presigned.method ?? 'GET';
  return {
    presigned: signed.toUpperCase(),
    requested: (options.requestedMethod ?? requested.method ?? signed).toUpperCase(),
  };
}

/** Whether the requested URL is another presigned one: it has another date and another signature. */
function hasOwnSignature(presigned: SentUrl, requested: SentUrl): boolean {
  const differs = (name: string) => parameter(presigned, name) !== parameter(requested, name);
  return (
    parameter(requested, 'X-Amz-Signature') !== undefined &&
    signatureFlaw(requested) === undefined &&
    differs('X-Amz-Signature') &&
    differs('X-Amz-Date')
  );
}

const ACCEPTED = {
  single: 'Nothing stands in the URL behind what was presigned',
  equal: 'The URLs are equal',
  alike: 'The URLs differ in nothing that is signed',
  apart: 'The URLs were signed one by one, and nothing is wrong with the form of the requested one',
} as const;

/** @param compared how the two URLs compare; asked where S3 refuses nothing */
function reasonFor(
  refusals: readonly S3ErrorReply[],
  compared: () => keyof typeof ACCEPTED,
): string {
  if (refusals.length === 0) {
    return `${ACCEPTED[compared()]}: S3 accepts the request as far as a URL tells.`;
  }
  const replies = refusals.map(
    ({ status, code, because }) => `with ${status} ${code} because ${because}`,
  );
  return `S3 refuses the request ${replies.join('; without that, it would still refuse ')}.`;
}

const NOT_LOOKED_AT =
  'Not looked at: whether the key is active and may get the object (s3:GetObject), and whether the object exists. S3 answers 403 AccessDenied for a missing object, too, to a key without s3:ListBucket, or with it for a prefix alone.';

/** https://github.com/signalwire/freeswitch/issues/1985 */
const METHOD_NOT_KNOWN =
  'No method was given, so GET is assumed. FreeSWITCH’s mod_httapi, and with it jambonz and Telnyx, sends HEAD before it plays: if yours does, add --requested-method HEAD.';

/** https://github.com/jambonz/jambonz-feature-server/issues/1404 */
const SIGNED_APART =
  'The requested URL is another presigned one, with a date and a signature of its own: compare it with the URL that the signer made then. A cache that goes by the whole URL (FreeSWITCH, jambonz, Twilio) finds no presigned URL again, as each is new, and may ask for an old one after it expired. An Asset’s URL stays the same.';

function notesOn(
  presigned: SentUrl,
  requested: SentUrl,
  signing: SigningParameters,
  { reordered, respelled }: ParameterChanges,
  refusals: readonly S3ErrorReply[],
  { now, isAssumed, requestedMethod }: ExplainOptions,
): string[] {
  const headers = signedHeaderNames(presigned).filter((name) => name !== 'host');
  const isMethodKnown = requestedMethod !== undefined || requested.method !== undefined;
  const notes = [
    isAssumed &&
      'Only the requested URL was given. What stands in it up to its last signing parameter is assumed to be what was presigned; give both URLs to compare the rest.',
    hasOwnSignature(presigned, requested) && SIGNED_APART,
    reordered &&
      'The parameters are in another order, which does not matter: they are sorted to be signed.',
    respelled.length > 0 &&
      `Spelled differently and the same to S3, which does not matter: ${respelled.join(', ')}.`,
    presigned.scheme !== requested.scheme &&
      `Presigned as ${presigned.scheme} and requested by ${requested.scheme}, which does not matter: the scheme is not signed.`,
    headers.length > 0 &&
      `The signature also covers the header ${headers.join(', ')}: it has to be sent as it was signed, which no URL tells.`,
    signing.hasToken &&
      'Signed with temporary credentials: the URL ends when they do, even before X-Amz-Expires.',
    now === undefined && 'Time was not looked at.',
    refusals.length === 0 && NOT_LOOKED_AT,
    refusals.length === 0 && !isMethodKnown && METHOD_NOT_KNOWN,
    skewNote(signing, now),
  ];
  return notes.filter((note) => typeof note === 'string');
}
