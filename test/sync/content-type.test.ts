import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { promptPath, samplePrompts } from '../../sandbox/prompts';
import { audioTypeOf } from '../../src/sync/content-type';

const [sample] = samplePrompts;
if (!sample) throw new Error('There are no sample prompts.');
const mp3 = readFileSync(promptPath(sample));

function riff(kind: string, chunks = ''): Buffer {
  return Buffer.from(`RIFF\x24\0\0\0${kind}${chunks}`.padEnd(100, '\0'), 'latin1');
}

/** An ID3v2 tag of so many bytes, with a picture in it. */
function tag(size: number): Buffer {
  const frame = Buffer.from('APIC\0\0\0\0\0\0\0image/png\0\x03\0\x89PNG\r\n\x1a\n', 'latin1');
  const length = [21, 14, 7, 0].map((shift) => (size >> shift) & 0x7f);
  return Buffer.concat(
    [Buffer.from('ID3\x03\0\0', 'latin1'), Buffer.from(length), frame],
    size + 10,
  );
}

describe('audioTypeOf', () => {
  it.each(samplePrompts.map((prompt) => promptPath(prompt)))(
    'takes %s for an MP3',
    async (path) => {
      expect(await audioTypeOf(readFileSync(path))).toBe('audio/mpeg');
    },
  );

  it.each<[string, Buffer, string | undefined]>([
    ['an MP3 with a picture before it', Buffer.concat([tag(200_000), mp3]), 'audio/mpeg'],
    [
      'an MP3 without a tag',
      Buffer.concat([Buffer.from([0xff, 0xfb, 0x90, 0x64]), Buffer.alloc(413)]),
      'audio/mpeg',
    ],
    ['a WAV', riff('WAVE', 'fmt '), 'audio/wav'],
    ['an AIFF', Buffer.from('FORM\0\0\0\x2eAIFFCOMM'.padEnd(100, '\0'), 'latin1'), 'audio/aiff'],
    ['an AVI', riff('AVI ', 'LIST'), undefined],
    [
      'an Ogg',
      Buffer.from('OggS\0\x02'.padEnd(28, '\0') + '\x01vorbis'.padEnd(100, '\0'), 'latin1'),
      undefined,
    ],
    [
      'an AAC',
      Buffer.concat([Buffer.from([0xff, 0xf1, 0x50, 0x80]), Buffer.alloc(100)]),
      undefined,
    ],
    [
      'a picture',
      Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR'.padEnd(100, '\0'), 'latin1'),
      undefined,
    ],
    [
      'a page that calls itself audio',
      Buffer.from('<!doctype html><title>a.mp3</title>'),
      undefined,
    ],
    [
      'an error of S3',
      Buffer.from('<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>'),
      undefined,
    ],
    ['nothing', Buffer.alloc(0), undefined],
    ['a byte', Buffer.from([0xff]), undefined],
    ['zeros', Buffer.alloc(10_000), undefined],
  ])('of %s', async (_, content, expected) => {
    expect(await audioTypeOf(content)).toBe(expected);
  });
});
