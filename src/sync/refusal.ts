import { ASSET_BYTES, PROXY_BYTES } from '../limits';
import type { PromptObject } from '../s3/prompts';

/** Why an object is not an Asset. The manifest holds these codes, not their words. */
export type Reason =
  | 'not audio'
  | 'too large'
  | 'archived'
  | 'no room'
  | 'left to the command line'
  | 'missing';

/** Objects of these classes cannot be read before they are restored. */
const ARCHIVED: ReadonlySet<string> = new Set(['GLACIER', 'DEEP_ARCHIVE']);

/** What a listing alone tells against an object. */
export function refusalOf(
  { size, storageClass }: PromptObject,
  /** Bytes that one step can carry. */
  largest: number,
): Reason | undefined {
  if (ARCHIVED.has(storageClass)) return 'archived';
  if (size > ASSET_BYTES) return 'too large';
  return size > largest ? 'left to the command line' : undefined;
}

/** Whether the proxy cannot carry it either, so that its text is said. */
export function isUnplayable({ size }: PromptObject, reason: Reason): boolean {
  return reason === 'not audio' || reason === 'archived' || size > PROXY_BYTES;
}

/** The reason in words, for a person who wonders why a prompt is not an Asset. */
export const REASONS: Readonly<Record<Reason, string>> = {
  'not audio': 'its bytes are not audio that Twilio plays (MP3, WAV or AIFF)',
  'too large': `it is larger than ${ASSET_BYTES / 1e6} MB, the most that an Asset may be`,
  archived: 'it is archived in S3 and must be restored first',
  'no room': 'the Build already holds as many Assets as Twilio allows',
  'left to the command line': 'it is too large for one step of a Function: run npm run sync',
  missing: 'the call flow names it, and S3 has no such key under S3_PREFIX',
};
