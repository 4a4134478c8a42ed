import { signedHeaderNames } from './canonical';
import type { Claims } from './claims';
import { skewNote } from './time';
import type { ExplainOptions, ParameterChanges, Refusal } from './types';
import type { SentUrl } from './url';

/** The one sentence: what S3 answers and why, or that it has nothing against the request. */
export function reasonFor(refusals: readonly Refusal[], urlsAreEqual: boolean): string {
  if (refusals.length === 0) {
    const found = urlsAreEqual ? 'The URLs are equal' : 'The URLs differ in nothing that is signed';
    return `${found}: S3 accepts the request as far as a URL tells.`;
  }
  const answers = refusals.map(
    ({ status, code, because }) => `with ${status} ${code} because ${because}`,
  );
  return `S3 refuses the request ${answers.join('; without that, it would still refuse ')}.`;
}

const NOT_LOOKED_AT =
  'Not looked at: whether the key is active and may get the object (s3:GetObject), and whether the object exists. S3 answers 403 AccessDenied for a missing object, too, to a key without s3:ListBucket.';

/** What does not change the answer but is good to know. */
export function notesOn(
  presigned: SentUrl,
  requested: SentUrl,
  claims: Claims,
  { reordered, respelled }: ParameterChanges,
  refusals: readonly Refusal[],
  options: ExplainOptions,
): string[] {
  const headers = signedHeaderNames(presigned).filter((name) => name !== 'host');
  const notes: [boolean, string][] = [
    [
      reordered,
      'The parameters are in another order, which does not matter: they are sorted to be signed.',
    ],
    [
      respelled.length > 0,
      `Spelled differently and the same to S3, which does not matter: ${respelled.join(', ')}.`,
    ],
    [
      presigned.scheme !== requested.scheme,
      `Presigned as ${presigned.scheme} and requested by ${requested.scheme}, which does not matter: the scheme is not signed.`,
    ],
    [
      headers.length > 0,
      `The signature also covers the header ${headers.join(', ')}: it has to be sent as it was signed, which no URL tells.`,
    ],
    [
      claims.hasToken,
      'Signed with temporary credentials: the URL ends when they do, even before X-Amz-Expires.',
    ],
    [options.now === undefined, 'Time was not looked at.'],
    [refusals.length === 0, NOT_LOOKED_AT],
  ];
  const skew = skewNote(claims, options.now);
  return [...notes.filter(([holds]) => holds).map(([, note]) => note), ...(skew ? [skew] : [])];
}
