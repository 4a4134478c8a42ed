import { describe, expect, it } from '@jest/globals';
import { hasOtherEnding } from '../src/media-types';

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
