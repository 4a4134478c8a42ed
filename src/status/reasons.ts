import { ASSET_BYTES } from '../limits';
import type { Manifest } from '../manifest';
import { REASONS, type Reason } from '../sync/selection';

/** The reason in words, for a person who wonders why a prompt is not an Asset. */
export const REASON_WORDS: Readonly<Record<Reason, string>> = {
  'not audio':
    'it is not audio that Twilio plays (MP3, WAV or AIFF), by its ending or by its bytes',
  'not recognised': 'it was not recognised as MP3, WAV or AIFF, nor as anything else',
  'too large': `it is larger than ${ASSET_BYTES / 1e6} MB, the most that an Asset may be`,
  archived: 'it is archived in S3 and must be restored first',
  'no room': 'the Build already holds as many Assets as Twilio allows',
  'left to the command line': 'it is too large for one slice of /sync: run npm run sync',
  'listed otherwise': 'S3 lists another content of it than it gives',
  unreadable: 'S3 lists it and does not give it: look at its owner and its encryption',
  missing: 'the call flow names it, and there is no such key under S3_PREFIX',
  vanished: 'it was live, and S3 has no such key any more',
};

/** What to do about it, as a sentence; empty where the words of the reason say it. */
export const ADVICE: Readonly<Record<Reason, string>> = {
  'not audio': 'Upload it as MP3, WAV or AIFF.',
  'not recognised': 'If callers do not hear it, upload it as MP3.',
  'too large': 'Upload a smaller file, such as an MP3.',
  archived: 'Restore it, or upload it again.',
  'no room': 'Delete prompts from the bucket that no call needs.',
  'left to the command line': '',
  'listed otherwise': 'Upload it again.',
  unreadable: '',
  missing: 'Upload it, or take it out of the call flow.',
  vanished: '',
};

/** Why the last sync found that a key cannot be played, so that its text is said. */
export function refusalIn(manifest: Manifest | undefined, key: string): Reason | undefined {
  const refusal = manifest?.refused.get(key);
  return REASONS.find((each) => refusal?.unplayable && each === refusal.reason);
}
