import { percentEncode } from '../src/sigv4/encode';
import { amzDate, signature, signingKey, stringToSign } from '../src/sigv4/sign';
import { type ParameterChange, type ParameterChanges, UNKNOWN_VALUE } from './compare';
import type { Both, S3ErrorReply } from './explain';
import { parameter, readSigningParameters, type SentUrl, signatureFlaw } from './presigned-url';
import { TWILIO_PARAMETERS } from './twilio-parameters';

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
    appendedEnding,
    appendedText,
    escapedAmpersands,
    encodedTwice,
    cutOff,
    otherMethod,
    otherHost,
    otherSlashes,
    rawPlus,
  ].flatMap((hint) => hint(comparison) ?? []);
  if (found.length > 0) return found;
  return [
    'Send the presigned URL byte for byte as it was signed: look for what edits it on the way (a client, a proxy, a redirect).',
  ];
}

type Hint = (comparison: Comparison) => string | undefined;

const twilioParameters: Hint = ({ parameters: { added } }) =>
  added.some(({ name }) => TWILIO_PARAMETERS.has(name))
    ? 'These are Twilio’s request parameters, appended to the media request. Play a URL that does not mind them: the synced Asset, or /audio. A redirect to a presigned URL does not help, as Twilio carries them along.'
    : undefined;

/** What stands behind the presigned query in the requested one; undefined where that differs. */
function appendedTo({ presigned, requested }: Comparison): string | undefined {
  return requested.query.startsWith(presigned.query)
    ? requested.query.slice(presigned.query.length)
    : undefined;
}

/** The ending of an audio file, as `.mp3` or in `&ext=.wav`. */
const AUDIO_ENDING = /(?:^|[&=])[^&=]*\.(?:mp3|wav\d*|sln\d*|ulaw|alaw|gsm|g722|ogg|aiff?)$/i;

/** https://github.com/asterisk/asterisk/issues/463 */
const appendedEnding: Hint = (comparison) =>
  AUDIO_ENDING.test(appendedTo(comparison) ?? '')
    ? 'A file ending was appended behind the query, as is done for telephone systems that read the format from the end of the whole URL (Asterisk). Sign it with the rest: presign with a parameter such as x-ending=.mp3, which S3 ignores as it begins with x-, and move it to the end, as the order is not signed. Or play a URL without a signature, such as the synced Asset.'
    : undefined;

const BLANK = /^(?:\+|%(?:20|09|0D|0A))+$/i;

const appendedText: Hint = (comparison) => {
  const appended = appendedTo(comparison) ?? '';
  if (appended === '' || appended.startsWith('&') || AUDIO_ENDING.test(appended)) return undefined;
  return BLANK.test(appended)
    ? 'A blank or a line end behind the URL was sent with it: in XML write <Play>https://…</Play> in one line.'
    : 'Text that stood behind the URL, such as a bracket, a quote or a full stop, was sent with it.';
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
  if (!isBeginning) return flaw && `The requested URL ${flaw}.`;
  if (presigned.query.charAt(requested.query.length) === '&') {
    return 'The URL was cut off before an &. In a shell put it in single quotes, as & ends a command.';
  }
  return `The URL ${flaw ?? 'was cut off'}. What it went through (a database column, a form, a log, a terminal) takes no longer text.`;
};

/**
 * Systems that ask with HEAD before they play:
 * https://github.com/signalwire/freeswitch/issues/1985
 * https://github.com/team-telnyx/freeswitch/pull/608
 */
const otherMethod: Hint = ({ method }) => {
  if (method.presigned === method.requested) return undefined;
  return method.requested === 'HEAD'
    ? 'A presigned URL is good for one method. Some telephone systems send HEAD before they play (FreeSWITCH’s mod_httapi, and with it jambonz and Telnyx): let them fetch without it (mod_http_cache), or play a URL without a signature, such as the synced Asset. By hand, get the first byte instead of curl -I: curl -r 0-0.'
    : `A presigned URL is good for one method. Presign for ${method.requested}.`;
};

const otherHost: Hint = ({ presigned, requested }) =>
  presigned.host === requested.host
    ? undefined
    : 'Presign for the host that S3 is asked by, with its port; a proxy or CDN in front has to pass the Host header on.';

const otherSlashes: Hint = ({ presigned, requested }) => {
  if (presigned.path === requested.path) return undefined;
  const single = (path: string) => path.replace(/\/{2,}/g, '/');
  if (new URL(single(presigned.path), 'http://x').pathname === requested.path) {
    return 'Something on the way resolved ".", ".." or "//" in the path: choose a key without them.';
  }
  return single(requested.path) === presigned.path
    ? 'A slash of the path was doubled, which makes it another key: look where a host or a folder that ends with / is joined with the rest.'
    : undefined;
};

const rawPlus: Hint = ({ presigned, requested }) =>
  presigned.path.includes('%2B') && requested.path.includes('+')
    ? 'A raw + is a blank to S3: a plus in a key has to arrive as %2B.'
    : undefined;
