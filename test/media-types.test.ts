import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { hasOtherEnding, PLAYED_TYPES, playableType } from '../src/media-types';

describe('playableType', () => {
  it.each([...PLAYED_TYPES])('is %s for that type itself, whatever the ending', (type) => {
    expect(playableType(type, 'a.txt')).toBe(type);
  });

  it.each([
    ['audio/mp3', 'audio/mpeg'],
    ['audio/mpeg3', 'audio/mpeg'],
    ['audio/x-mpeg-3', 'audio/mpeg'],
    ['Audio/X-MP3 ; charset=binary', 'audio/mpeg'],
    ['audio/vnd.wave; codec=1', 'audio/wav'],
    ['audio/x-pn-wav', 'audio/wav'],
    ['audio/aifc', 'audio/x-aifc'],
    ['audio/x-mulaw', 'audio/ulaw'],
  ])('of an object stored as %s, under a key without an ending, is %s', (contentType, type) => {
    expect(playableType(contentType, 'welcome')).toBe(type);
  });

  it.each([
    undefined,
    '',
    'binary/octet-stream',
    'application/octet-stream',
    'application/x-www-form-urlencoded',
    'audio/mp4',
    'video/mpeg',
  ])('of an object stored as %j is told by its ending', (contentType) => {
    expect(playableType(contentType, 'a.MP3')).toBe('audio/mpeg');
    expect(playableType(contentType, 'a')).toBeUndefined();
  });

  it.each([
    'text/plain',
    'TEXT/HTML;charset=utf-8',
    'image/jpeg',
    'image/svg+xml',
    'application/json',
    'application/problem+json',
    'application/xml',
    'application/xhtml+xml',
    'application/pdf',
    'application/zip',
  ])('of an object stored as %s is none, though its key ends in .mp3', (contentType) => {
    expect(playableType(contentType, 'a.mp3')).toBeUndefined();
  });

  it('names only types that Twilio plays', () => {
    const word = fc.stringMatching(/^[a-z0-9.+-]{0,8}$/);
    const any = fc.oneof(
      fc.string(),
      fc.tuple(word, word).map((parts) => parts.join('/')),
    );
    fc.assert(
      fc.property(any, fc.string(), (contentType, key) => {
        const type = playableType(contentType, key);
        expect(type === undefined || PLAYED_TYPES.has(type)).toBe(true);
      }),
    );
  });
});

describe('hasOtherEnding', () => {
  it.each([
    'a.mp3',
    'A.MP3',
    'a.mpeg',
    'a.wav',
    'a.aif',
    'a.AIFF',
    'no ending',
    'folder.txt/a',
    'welcome v1.2',
    'ends with a dot.',
    '.mp3',
    '.hidden',
    'a.a long sentence',
    'menu.en',
    'a.gsm',
    'a.ulaw',
  ])('is false for %j: its bytes decide', (key) => expect(hasOtherEnding(key)).toBe(false));

  it.each([
    'notes.txt',
    'a.mp3.bak',
    'prompts/cover.JPG',
    'a.json',
    'a.ogg',
    'a.m4a',
    'a.mp4',
    'a\nb.pdf',
  ])('is true for %j', (key) => expect(hasOtherEnding(key)).toBe(true));
});
