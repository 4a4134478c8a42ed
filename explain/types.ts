import type { SentUrl } from './url';

/** What explain() may be told beside the two URLs. It needs none of it. */
export interface ExplainOptions {
  /** When S3 gets the request. Without it nothing is said about time. */
  readonly now?: Date;
  /** The bucket's region. Default: what an amazonaws.com host says. */
  readonly region?: string;
  /** The method that the URL was presigned for. Default GET. */
  readonly presignedMethod?: string;
  /** The method that was sent. Default: the presigned one. */
  readonly requestedMethod?: string;
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
export interface Refusal {
  readonly status: 400 | 403;
  readonly code: S3ErrorCode;
  /** A clause that follows "because". */
  readonly because: string;
  /** What to do about it, in sentences. */
  readonly advice: readonly string[];
}

/** A query parameter whose values differ; they are percent-encoded and masked. */
export interface ParameterChange {
  readonly name: string;
  readonly presigned: readonly string[];
  readonly requested: readonly string[];
}

export interface ParameterChanges {
  readonly added: readonly ParameterChange[];
  readonly removed: readonly ParameterChange[];
  /** In both, with other values. */
  readonly changed: readonly ParameterChange[];
  /** In both with the same value, and in the requested URL once more. */
  readonly repeated: readonly ParameterChange[];
  /** The order differs, which does not matter: the canonical query is sorted. */
  readonly reordered: boolean;
  /** Spelled differently, which does not matter: `%7E` for `~`, `+` for `%20`. */
  readonly respelled: readonly string[];
}

export interface Both {
  readonly presigned: string;
  readonly requested: string;
}

/** A line of the two canonical requests; the query takes a line for each parameter. */
export interface DiffLine {
  readonly in: 'both' | 'presigned' | 'requested';
  readonly text: string;
}

/** Signatures, session tokens, access key ids and phone numbers are masked in all of it. */
export interface Explanation {
  /** As far as the URLs tell: the object, the key and the permissions are not looked at. */
  readonly accepted: boolean;
  /** One sentence: why S3 refuses, or that it does not. */
  readonly reason: string;
  /** In the order in which S3 is known to check; it answers with the first. */
  readonly refusals: readonly Refusal[];
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

/** Two requests under one signature, as S3 reads them. */
export interface Comparison {
  readonly presigned: SentUrl;
  readonly requested: SentUrl;
  readonly method: Both;
  /** Canonical and masked. */
  readonly path: Both;
  readonly parameters: ParameterChanges;
}
