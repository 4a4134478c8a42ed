import { percentEncode } from '../src/sigv4';
import { flawOfSignature } from './claims';
import type { Comparison } from './types';
import { parameter, type SentUrl } from './url';

/**
 * What to do about a mismatch, where the differences look like one that has been seen before.
 * Never empty.
 */
export function hints(comparison: Comparison): string[] {
  const found = [
    twilio,
    escapedAmpersands,
    escapedTwice,
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

const twilio: Hint = ({ presigned, requested }) => {
  const added = (name: string) => !parameter(presigned, name) && parameter(requested, name);
  return added('CallSid') && added('AccountSid')
    ? 'These are Twilio’s request parameters, appended to the media request. Play a URL that does not mind them: the synced Asset, or /audio. A redirect to a presigned URL does not help, as Twilio carries them along.'
    : undefined;
};

const escapedAmpersands: Hint = ({ presigned, requested }) =>
  requested.escaped && !presigned.escaped
    ? 'The URL was copied from XML, HTML or JSON, or escaped for it once too often: each &amp;, &#38; or \\u0026 has to arrive as &.'
    : undefined;

const escapedTwice: Hint = ({ presigned, requested }) => {
  const twice = presigned.parameters.some(
    ([name, value]) => value.includes('%') && parameter(requested, name) === percentEncode(value),
  );
  return twice ||
    (presigned.path.includes('%') &&
      requested.path.includes('%25') &&
      samePathTwice(presigned, requested))
    ? 'The URL was percent-encoded once more on the way (% became %25): pass it on as it is.'
    : undefined;
};

function samePathTwice(presigned: SentUrl, requested: SentUrl): boolean {
  return requested.path === presigned.path.replaceAll('%', '%25');
}

const cutOff: Hint = ({ presigned, requested }) => {
  const flaw = flawOfSignature(requested);
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
