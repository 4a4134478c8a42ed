import { describe, expect, it } from '@jest/globals';
import { PROXY_BYTES } from '../../src/limits';
import type { Source } from '../../src/playback/playback';
import { problemOf, type Situation } from '../../src/status/problems';
import { ADVICE, REASON_WORDS } from '../../src/status/reasons';
import { REASONS } from '../../src/sync/selection';
import { object } from '../helpers/sync/values';

const asset: Source = { via: 'asset', path: () => '/audio/a' };
const proxy: Source = { via: 'proxy', path: () => '/audio?key=a' };
const said = (reason: string): Source => ({ via: 'say', reason });
const large = object('a.mp3', { size: PROXY_BYTES + 1 });

/** A prompt of the call flow that S3 has, unless the changes say otherwise. */
const problem = (changes: Partial<Situation>) =>
  problemOf({
    key: 'a.mp3',
    source: proxy,
    refusal: undefined,
    object: object('a.mp3'),
    isAbsent: false,
    isUsed: true,
    next: undefined,
    skip: undefined,
    detail: undefined,
    ...changes,
  });
const absent = { object: undefined, isAbsent: true };
const skip = (reason: (typeof REASONS)[number], unplayable = true) => ({ reason, unplayable });

describe('nothing is wrong with a prompt', () => {
  it.each<[string, Partial<Situation>]>([
    ['that is an Asset', { source: asset }],
    ['that is an Asset, and replaced by the next sync', { source: asset, next: 'replace' }],
    ['that the proxy plays until the next sync', { next: 'upload' }],
    ['as large as the proxy carries', { object: object('a.mp3', { size: PROXY_BYTES }) }],
    ['of audio without a header', { key: 'a.ulaw', skip: skip('not recognised', false) }],
    ['without room, that no call needs', { isUsed: false, skip: skip('no room', false) }],
    ['where S3 is not asked', { object: undefined }],
  ])('%s', (_, changes) => {
    expect(problem(changes)).toBeUndefined();
  });
});

describe('a prompt that S3 lacks', () => {
  it.each<[string, Partial<Situation>, string]>([
    [
      'and that is an Asset',
      { source: asset },
      'The call flow names it, and S3 has no recording of this name. Callers hear its earlier recording until the next sync, and then its text. Upload it, or take it out of the call flow.',
    ],
    [
      'and that no sync has found out yet',
      {},
      'The call flow names it, and S3 has no recording of this name. Callers hear nothing until the next sync, and then its text. Upload it, or take it out of the call flow.',
    ],
    [
      'as the last sync found',
      { source: said('the last sync refused it'), refusal: 'missing' },
      'The call flow names it, and S3 has no recording of this name. Callers hear its text. Upload it, or take it out of the call flow.',
    ],
    [
      'and that has a key that is alike',
      { source: said(''), detail: 'Did you mean b.mp3?' },
      'The call flow names it, and S3 has no recording of this name. Callers hear its text. Did you mean b.mp3?',
    ],
    [
      'and no call needs',
      { source: asset, isUsed: false },
      'S3 has no recording of this name any more. The next sync removes it.',
    ],
  ])('%s', (_, changes, sentence) => {
    expect(problem({ ...absent, ...changes })).toBe(sentence);
  });
});

describe('a prompt that is not heard as S3 has it', () => {
  const notAudio = REASON_WORDS['not audio'];
  it.each<[string, Partial<Situation>, string]>([
    [
      'is said for the reason of the last sync',
      { source: said('x'), refusal: 'not audio', skip: skip('not audio') },
      `Callers hear its text, because ${notAudio}. Upload it as MP3, WAV or AIFF.`,
    ],
    [
      'is said until the next sync brings what was uploaded since',
      { source: said('x'), refusal: 'not audio', next: 'upload' },
      `Callers hear its text, because the last sync found that ${notAudio}. The next sync brings what S3 has now.`,
    ],
    [
      'is in S3 again since the last sync',
      { source: said('x'), refusal: 'missing', next: 'upload' },
      'Callers hear its text, because the last sync found that the call flow names it, and there is no such key under S3_PREFIX. The next sync brings what S3 has now.',
    ],
    [
      'is said for the reason of the Functions',
      { source: said('it is outside of S3_PREFIX, p/') },
      'Callers hear its text, because it is outside of S3_PREFIX, p/.',
    ],
    [
      'cannot be played, and no call needs it',
      { source: said('Twilio does not play files with its ending'), isUsed: false },
      'No call can play it, because Twilio does not play files with its ending.',
    ],
    [
      'is not heard, as it is too large for the proxy',
      { object: large, next: 'upload' },
      'Callers hear nothing of it, because it has 4 MB, more than the proxy carries, and is no Asset yet. The next sync brings what S3 has now.',
    ],
    [
      'is not heard, and is too large for any sync',
      { object: large, skip: skip('too large') },
      'Callers hear nothing of it, because it has 4 MB, more than the proxy carries, and is no Asset yet. Upload a smaller file, such as an MP3.',
    ],
    [
      'is heard as it was until the next sync',
      { source: asset, next: 'remove', skip: skip('not audio') },
      `Callers hear its earlier recording until the next sync, and then its text, because ${notAudio}. Upload it as MP3, WAV or AIFF.`,
    ],
    [
      'is heard as it was, as S3 does not give it',
      { source: asset, skip: skip('unreadable', false), detail: 'S3 answered 403 AccessDenied.' },
      `Callers hear its earlier recording, because ${REASON_WORDS.unreadable}. S3 answered 403 AccessDenied.`,
    ],
    [
      'is played through the proxy, as there is no room',
      { skip: skip('no room', false) },
      `It is played through the proxy, and is no Asset, because ${REASON_WORDS['no room']}. Delete prompts from the bucket that no call needs.`,
    ],
    [
      'is archived, as no sync has found out yet',
      { skip: skip('archived') },
      `Callers hear nothing until the next sync, and then its text, because ${REASON_WORDS.archived}. Restore it, or upload it again.`,
    ],
    [
      'is archived, and no call needs it',
      { skip: skip('archived'), isUsed: false },
      `No call can play it, because ${REASON_WORDS.archived}. Restore it, or upload it again.`,
    ],
    [
      'is replaced by what Twilio does not play',
      { source: asset, skip: skip('not audio'), isUsed: false },
      `Callers hear its earlier recording until the next sync, and then not any more, because ${notAudio}. Upload it as MP3, WAV or AIFF.`,
    ],
  ])('%s', (_, changes, sentence) => {
    expect(problem(changes)).toBe(sentence);
  });

  it.each(REASONS)('has whole sentences for "%s"', (reason) => {
    const text = problem({ source: said('x'), refusal: reason }) ?? '';
    expect(text).toMatch(/^Callers hear its text, because .*[a-z0-9)]\.$|\. [A-Z].*\.$/);
    expect(text).not.toMatch(/\.\.|undefined/);
    expect(ADVICE[reason]).toMatch(/^([A-Z].*\.)?$/);
  });
});
