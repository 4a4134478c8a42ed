import { percentEncode } from '../src/sigv4/encode';
import { amzDate, signature, signingKey, stringToSign } from '../src/sigv4/sign';
import { type ParameterChange, type ParameterChanges, UNKNOWN_VALUE } from './compare';
import type { Both, S3ErrorReply } from './explain';
import { parameter, readSigningParameters, type SentUrl, signatureFlaw } from './presigned-url';

/** Two requests under one signature, as S3 reads them. */
export interface Comparison {
  readonly presigned: SentUrl;
  readonly requested: SentUrl;
  readonly method: Both;
  /** Canonical and masked. */
  readonly path: Both;
  readonly parameters: ParameterChanges;
}

/** Why the signature in the requested URL is not the one of the request that S3 got. */
export function checkSignature(comparison: Comparison): S3ErrorReply | undefined {
  const clauses = differences(comparison);
  if (clauses.length === 0) return undefined;
  const because = `${sentenceList(clauses)}, and the signature covers all of that`;
  return signatureDoesNotMatch(because, hints(comparison));
}

/** Checks the presigned URL's own signature, if there is a secret access key to check it with. */
export function checkSecret(
  presigned: SentUrl,
  canonical: string,
  secretAccessKey: string | undefined,
): S3ErrorReply | undefined {
  const { day, region, service, signedAt } = readSigningParameters(presigned);
  if (!secretAccessKey || !day || !region || !service || !signedAt) return undefined;
  if (canonical.includes(UNKNOWN_VALUE)) return undefined;
  const scope = { day, region, service };
  const text = stringToSign(amzDate(signedAt), scope, canonical);
  const expected = signature(signingKey(secretAccessKey, scope), text);
  if (expected === parameter(presigned, 'X-Amz-Signature')) return undefined;
  return signatureDoesNotMatch(
    'the presigned URL itself does not have the signature that the given secret access key makes',
    [
      'The secret access key does not belong to the access key id, or the URL was presigned for another method, or edited.',
    ],
  );
}

function signatureDoesNotMatch(because: string, advice: readonly string[]): S3ErrorReply {
  return { status: 403, code: 'SignatureDoesNotMatch', because, advice };
}

function differences({ method, presigned, requested, path, parameters }: Comparison): string[] {
  const { added, removed, changed, repeated } = parameters;
  const clause = (changes: readonly ParameterChange[], what: string) =>
    changes.length === 0 ? [] : [`${countNames(changes)} ${what}`];
  return [
    ...(method.presigned === method.requested
      ? []
      : [`it was presigned for ${method.presigned} and requested with ${method.requested}`]),
    ...(presigned.host === requested.host
      ? []
      : [`the host is ${requested.host} where ${presigned.host} was signed`]),
    ...(path.presigned === path.requested
      ? []
      : [`the path is ${path.requested} where ${path.presigned} was signed`]),
    ...clause(added, 'added to the query'),
    ...clause(removed, 'removed from the query'),
    ...clause(changed, 'changed'),
    ...clause(repeated, 'repeated'),
  ];
}

/** `27 parameters (Called, ToState, CallerCountry and 24 more) were` */
function countNames(changes: readonly ParameterChange[]): string {
  const names = changes.map((each) => each.name);
  if (names.length === 1) return `the parameter ${names[0]} was`;
  const shown = names.length <= 4 ? names : [...names.slice(0, 3), `${names.length - 3} more`];
  return `${names.length} parameters (${sentenceList(shown)}) were`;
}

function sentenceList(items: readonly string[]): string {
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

/** What to do about a mismatch, where the differences look like a known one. Never empty. */
export function hints(comparison: Comparison): string[] {
  const found = [
    twilioParameters,
    escapedAmpersands,
    encodedTwice,
    cutOff,
    otherMethod,
    otherHost,
    resolvedPath,
    rawPlus,
  ].flatMap((hint) => hint(comparison) ?? []);
  if (found.length > 0) return found;
  return [
    'Send the presigned URL byte for byte as it was signed: look for what edits it on the way (a client, a proxy, a redirect).',
  ];
}

type Hint = (comparison: Comparison) => string | undefined;

const twilioParameters: Hint = ({ presigned, requested }) => {
  const isAdded = (name: string) => !parameter(presigned, name) && parameter(requested, name);
  return isAdded('CallSid') && isAdded('AccountSid')
    ? 'These are Twilio’s request parameters, appended to the media request. Play a URL that does not mind them: the synced Asset, or /audio. A redirect to a presigned URL does not help, as Twilio carries them along.'
    : undefined;
};

const escapedAmpersands: Hint = ({ presigned, requested }) =>
  requested.escaped && !presigned.escaped
    ? 'The URL was copied from XML, HTML or JSON, or escaped for it once too often: each &amp;, &#38; or \\u0026 has to arrive as &.'
    : undefined;

const encodedTwice: Hint = ({ presigned, requested }) => {
  const isQueryTwice = presigned.parameters.some(
    ([name, value]) => value.includes('%') && parameter(requested, name) === percentEncode(value),
  );
  const isPathTwice =
    presigned.path.includes('%') && requested.path === presigned.path.replaceAll('%', '%25');
  return isQueryTwice || isPathTwice
    ? 'The URL was percent-encoded once more on the way (% became %25): pass it on as it is.'
    : undefined;
};

const cutOff: Hint = ({ presigned, requested }) => {
  const flaw = signatureFlaw(requested);
  const isBeginning =
    requested.query.length < presigned.query.length && presigned.query.startsWith(requested.query);
  if (isBeginning) {
    return `The URL ${flaw ?? 'was cut off'}. In a shell put it in single quotes, as & ends a command.`;
  }
  return flaw && `The requested URL ${flaw}.`;
};

const otherMethod: Hint = ({ method }) =>
  method.presigned === method.requested
    ? undefined
    : `A presigned URL is good for one method. ${
        method.requested === 'HEAD'
          ? 'Instead of a HEAD request (curl -I) get the first byte: curl -r 0-0.'
          : `Presign for ${method.requested}.`
      }`;

const otherHost: Hint = ({ presigned, requested }) =>
  presigned.host === requested.host
    ? undefined
    : 'Presign for the host that S3 is asked by, with its port; a proxy or CDN in front has to pass the Host header on.';

const resolvedPath: Hint = ({ presigned, requested }) =>
  presigned.path !== requested.path &&
  new URL(presigned.path.replace(/\/{2,}/g, '/'), 'http://x').pathname === requested.path
    ? 'Something on the way resolved ".", ".." or "//" in the path: choose a key without them.'
    : undefined;

const rawPlus: Hint = ({ presigned, requested }) =>
  presigned.path.includes('%2B') && requested.path.includes('+')
    ? 'A raw + is a blank to S3: a plus in a key has to arrive as %2B.'
    : undefined;
