import { PROXY_BYTES } from '../limits';
import { hasRawAudioEnding } from '../media-types';
import type { Source } from '../playback/playback';
import type { PromptObject } from '../s3/prompts';
import type { Reason, SkippedKey } from '../sync/selection';
import { formatBytes } from '../words';
import { ADVICE, REASON_WORDS } from './reasons';
import type { PromptStatus } from './response';

/** What is known of one prompt. */
export interface Situation {
  readonly key: string;
  /** Where the Functions play it from. */
  readonly source: Source;
  /** Why the last sync found that it cannot be played. */
  readonly refusal: Reason | undefined;
  /** As S3 lists it; undefined where S3 lacks it or was not asked. */
  readonly object: PromptObject | undefined;
  /** Whether S3 was asked, and lacks it. */
  readonly isAbsent: boolean;
  /** Whether the call flow names it. */
  readonly isUsed: boolean;
  /** What the next sync does with it. */
  readonly next: PromptStatus['next'];
  /** Why the next sync makes no Asset of what S3 has. */
  readonly skip: Pick<SkippedKey, 'reason' | 'unplayable'> | undefined;
  /** What S3 answered in place of the object. */
  readonly detail: string | undefined;
}

/**
 * What is wrong with a prompt and what to do, in whole sentences; undefined where nothing is.
 *
 * | callers get it from | S3 has it       | what is said                                            |
 * |---------------------|-----------------|---------------------------------------------------------|
 * | any                 | no              | what they hear until the next sync, and after it        |
 * | its Asset           | cannot be one   | until when they hear the earlier recording, and why     |
 * | the proxy           | too large for it| that they hear nothing, and when that ends              |
 * | the proxy           | cannot be Asset | why, and what they hear after the next sync             |
 * | its text            | any             | why, and what to do unless the next sync brings it      |
 */
export function problemOf(situation: Situation): string | undefined {
  const { source, isAbsent, skip } = situation;
  if (isAbsent) return sentences(absence(situation));
  if (source.via === 'say') return sentences(speech(situation, source.reason));
  const silence = whySilent(situation);
  if (silence !== undefined) {
    const heard = situation.isUsed ? 'Callers hear nothing of it' : 'No call can play it';
    return sentences([`${heard}, because ${silence}`, ...cure(situation)]);
  }
  if (skip === undefined || isAsExpected(situation)) return undefined;
  const because = `because ${REASON_WORDS[skip.reason]}`;
  return sentences([
    `${HEARD[source.via](skip, situation.isUsed)}, ${because}`,
    ...cure(situation),
  ]);
}

/** Why callers hear nothing where the proxy plays an object; undefined where they hear it. */
export function whySilent({
  source,
  object,
}: Pick<Situation, 'source' | 'object'>): string | undefined {
  if (source.via !== 'proxy' || object === undefined || object.size <= PROXY_BYTES)
    return undefined;
  return `it has ${formatBytes(object.size)}, more than the proxy carries, and is no Asset yet`;
}

/** What callers hear of an object that the next sync makes no Asset of. */
const HEARD: Readonly<
  Record<'asset' | 'proxy', (skip: NonNullable<Situation['skip']>, isUsed: boolean) => string>
> = {
  asset({ reason, unplayable }, isUsed) {
    if (reason === 'unreadable' && !unplayable) return 'Callers hear its earlier recording';
    const spoken = isUsed ? 'its text' : 'not any more';
    const then = unplayable ? spoken : 'what S3 has, through the proxy';
    return `Callers hear its earlier recording until the next sync, and then ${then}`;
  },
  proxy({ unplayable }, isUsed) {
    if (!unplayable) return 'It is played through the proxy, and is no Asset';
    return isUsed
      ? 'Callers hear nothing until the next sync, and then its text'
      : 'No call can play it';
  },
};

/** No call misses an Asset of what is not used, and audio without a header never is one. */
function isAsExpected({ key, source, skip, isUsed }: Situation): boolean {
  if (source.via !== 'proxy' || skip?.unplayable) return false;
  return !isUsed || (skip?.reason === 'not recognised' && hasRawAudioEnding(key));
}

function absence({ source, isUsed, detail }: Situation): string[] {
  if (!isUsed) return ['S3 has no recording of this name any more. The next sync removes it'];
  const then = 'until the next sync, and then its text';
  const heard = {
    asset: `Callers hear its earlier recording ${then}`,
    proxy: `Callers hear nothing ${then}`,
    say: 'Callers hear its text',
  }[source.via];
  return [
    'The call flow names it, and S3 has no recording of this name',
    heard,
    detail ?? ADVICE.missing,
  ];
}

function speech(situation: Situation, reason: string): string[] {
  const { refusal, isUsed, next } = situation;
  const found = next === undefined ? '' : 'the last sync found that ';
  const why = refusal === undefined ? reason : found + REASON_WORDS[refusal];
  const heard = isUsed ? 'Callers hear its text' : 'No call can play it';
  return [`${heard}, because ${why}`, ...cure(situation)];
}

function cure({ refusal, skip, next, detail }: Situation): string[] {
  if (next === 'upload' || next === 'replace') return ['The next sync brings what S3 has now'];
  const reason = skip?.reason ?? refusal;
  const advice = reason === undefined ? undefined : ADVICE[reason];
  return [detail ?? '', advice ?? ''].filter((text) => text !== '');
}

function sentences(parts: readonly string[]): string {
  return parts.map((part) => (/[.!?]$/.test(part) ? part : `${part}.`)).join(' ');
}
