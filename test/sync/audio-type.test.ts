import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { promptPath, samplePrompts } from '../../sandbox/prompts';
import { MPEG_SEARCH_BYTES } from '../../src/limits';
import { type AudioType, audioTypeOf } from '../../src/sync/audio-type';

const mp3s = samplePrompts.map((prompt) => readFileSync(promptPath(prompt)));
const [mp3 = Buffer.alloc(0)] = mp3s;

const latin1 = (text: string) => Buffer.from(text, 'latin1');
const utf16le = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le');
const utf16be = (text: string) => utf16le(text).swap16();
const zeros = (size: number) => Buffer.alloc(size);
/** A file that begins so, and has zeros behind it. */
const begins = (text: string, size = 100) => Buffer.concat([latin1(text), zeros(size)]);

/** An ID3v2 tag of so many bytes behind its header, with a picture in it. */
function id3(size: number): Buffer {
  const frame = latin1('APIC\0\0\0\0\0\0\0image/png\0\x03\0\x89PNG\r\n\x1a\n');
  const length = [21, 14, 7, 0].map((shift) => (size >> shift) & 0x7f);
  return Buffer.concat([latin1('ID3\x03\0\0'), Buffer.from(length), frame], size + 10);
}

/** An APEv2 tag of so many bytes behind its header. */
function ape(size: number): Buffer {
  const tag = Buffer.alloc(32 + size);
  tag.write('APETAGEX', 'latin1');
  tag.writeUInt32LE(2000, 8);
  tag.writeUInt32LE(size, 12);
  return tag;
}

/** Frames with this header, such as fffb9064, of this length, without sound. */
function frames(header: string, length: number, count = 5): Buffer {
  const frame = Buffer.alloc(length);
  frame.write(header, 'hex');
  return Buffer.concat(Array.from({ length: count }, () => frame));
}

/** Frames of AAC in ADTS, 100 bytes each. */
const aac = frames('fff150800c9ffc', 100);

/** Soft noise in µ-law: near 7F and FF, which are zero. */
const ulaw = Buffer.alloc(8000);
for (let index = 0, seed = 1; index < ulaw.length; index++) {
  seed = (seed * 75 + 74) % 65_537;
  ulaw[index] = (seed & 0x80) | 0x60 | (seed & 0x1f);
}

/** GSM 06.10: each frame of 33 bytes begins with the digit D. */
const gsm = frames('d820a2e15a500049249249245000492492492450004924924924500049249249', 33, 50);

/** A ZIP that holds a file as it is. */
function zip(content: Buffer): Buffer {
  const header = Buffer.alloc(30);
  header.write('PK\x03\x04\x0a', 'latin1');
  header.writeUInt32LE(content.length, 18);
  header.writeUInt32LE(content.length, 22);
  header.writeUInt16LE(5, 26);
  return Buffer.concat([header, latin1('a.mp3'), content]);
}

const cases: Record<AudioType, Record<string, Buffer>> = {
  'audio/mpeg': {
    'an MP3 with a tag before it': Buffer.concat([id3(200_000), mp3]),
    'an MP3 whose tag is followed by padding that its size does not count': Buffer.concat([
      id3(300),
      zeros(10),
      mp3,
    ]),
    'an MP3 with a tag that has a footer': Buffer.concat([
      latin1('ID3\x04\0\x10\0\0\0\x0a'),
      zeros(10),
      latin1('3DI\x04\0\x10\0\0\0\x0a'),
      mp3,
    ]),
    'an MP3 with two tags': Buffer.concat([id3(300), ape(70), mp3]),
    'an MP3 after an APEv2 tag': Buffer.concat([ape(5000), mp3]),
    'an MP3 after one zero byte': Buffer.concat([zeros(1), mp3]),
    'an MP3 after zeros': Buffer.concat([zeros(4000), mp3]),
    'an MP3 after a line break': Buffer.concat([latin1('\r\n'), mp3]),
    'an MP3 after 417 bytes of an old encoder': Buffer.concat([
      latin1('\xff\xfb\x90'),
      ulaw.subarray(0, 414),
      mp3,
    ]),
    'an MP3 inside an uploaded form': Buffer.concat([
      latin1('--b\r\nContent-Disposition: form-data; name="file"\r\n\r\n'),
      id3(300),
      mp3,
      latin1('\r\n--b--\r\n'),
    ]),
    'an MP3 that begins inside a frame': mp3.subarray(100),
    'an MP3 that is cut inside its last frame': mp3.subarray(0, -50),
    'an MP3 that is cut inside its second frame': frames('fffb9064', 417).subarray(0, 500),
    'an MP3 of a single frame': frames('fffb9064', 417, 1),
    'MPEG-1 layer II': frames('fffd8004', 417),
    'MPEG-2 layer III': frames('fff380c4', 208),
    'MPEG-2.5 layer III': frames('ffe380c4', 417),
  },
  'audio/wav': {
    'a WAV': begins('RIFF\x24\0\0\0WAVEfmt '),
    'a WAV with a tag before it': Buffer.concat([id3(300), begins('RIFF\x24\0\0\0WAVEfmt ')]),
  },
  'audio/aiff': { 'an AIFF': begins('FORM\0\0\0\x2eAIFFCOMM') },
  'audio/x-aifc': { 'an AIFF-C': begins('FORM\0\0\0\x2eAIFCFVER') },
  'not audio': {
    nothing: Buffer.alloc(0),
    'a page that calls itself audio': latin1('<!doctype html><title>a.mp3</title>'),
    'an error of S3': latin1('<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>'),
    JSON: latin1('{"a":"ID3"}'),
    'text that begins with FORM': latin1('FORMAT of the prompts: MP3'),
    'text that begins with ID3': latin1('ID3 tags are before the audio.'),
    'text that begins with RIFF and WAVE': latin1('RIFF and WAVE are four letters each'),
    'desktop.ini, which is UTF-16': utf16le('[.ShellClassInfo]\r\nIconResource=C:\\a.ico,0\r\n'),
    'Japanese in UTF-16, the other way round': utf16be('営業時間は九時から五時です。\n'),
    'UTF-16 that is longer than what is read of it': utf16le('a😀'.repeat(30_001)),
    'UTF-8 with a byte order mark': Buffer.from('\ufeffWillkommen in der Klinik. Grüße!'),
    'Latin-1': latin1('Größe und Güte\r\n'),
    'Shift-JIS': Buffer.from('8963 8bc6 8e9e 8ad4 0d0a'.replaceAll(' ', ''), 'hex'),
    'an IFF picture': begins('FORM\0\0\0\x2eILBMBMHD'),
    'an IFF sound of 8 bits': begins('FORM\0\0\0\x2e8SVXVHDR'),
    'an AVI': begins('RIFF\x24\0\0\0AVI LIST'),
    'an Ogg': Buffer.concat([latin1('OggS\0\x02'), zeros(22), begins('\x01vorbis')]),
    'a FLAC': begins('fLaC\0\0\0\x22'),
    'a FLAC with a tag before it': Buffer.concat([id3(300), begins('fLaC\0\0\0\x22')]),
    'an M4A': begins('\0\0\0\x20ftypM4A \0\0\0\0'),
    'an AMR': begins('#!AMR\n'),
    'a Sun .au, which is µ-law with a header': begins('.snd\0\0\0\x18\0\0\0\0\0\0\0\x01'),
    'a CAF': begins('caff\0\x01\0\0desc'),
    'an AAC': aac,
    'an AAC with a tag before it': Buffer.concat([id3(300), aac]),
    'a PNG': begins('\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR'),
    'a JPEG': begins('\xff\xd8\xff\xe0\0\x10JFIF\0'),
    'a PDF': begins('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n'),
    'a ZIP with an MP3 in it': zip(mp3),
    'an MPEG film with an MP3 in it': Buffer.concat([begins('\0\0\x01\xba\x44\0\x04'), mp3]),
  },
  'not recognised': {
    'a byte': latin1('\xff'),
    zeros: zeros(10_000),
    'µ-law': ulaw,
    'silence in µ-law': Buffer.alloc(8000, 0xff),
    'negative silence in µ-law': Buffer.alloc(8000, 0x7f),
    'µ-law that begins like a byte order mark': Buffer.concat([latin1('\xff\xfe'), ulaw]),
    'µ-law that begins like a BMP': Buffer.concat([latin1('BM'), ulaw]),
    GSM: gsm,
    'an MP3 under gzip, which its Content-Encoding may tell': gzipSync(mp3),
    '64 bytes of FF': Buffer.alloc(64, 0xff),
    'frames of a forbidden bit rate': frames('fffbf064', 417),
    'frames of a forbidden sampling rate': frames('fffb9c64', 417),
    'frames of a reserved version': frames('ffeb9064', 417),
    'frames of a reserved layer': frames('fff99064', 417),
    'frames of layer I': frames('ffff5000', 172),
    'UTF-16 that could be a frame of layer I': frames('fffe5000', 172, 1),
    'a frame header and nothing of its frame': latin1('\xff\xfb\x90\x64'),
    'two frame headers that differ in their sampling rate': Buffer.concat([
      frames('fffb9064', 417, 1),
      frames('fffb9464', 384, 1),
    ]),
    'an MP3 behind more than is searched': Buffer.concat([zeros(MPEG_SEARCH_BYTES), mp3]),
    'a tag that says to be longer than the file': Buffer.concat([
      latin1('ID3\x03\0\0\x7f\x7f\x7f\x7f'),
      zeros(100),
    ]),
    'ID3 with size bytes that no tag has': Buffer.concat([
      latin1('ID3\x03\0\0\x80\0\0\0'),
      zeros(100),
    ]),
    'UTF-16 with control characters': utf16le('a\0b\0'),
  },
};

describe('audioTypeOf', () => {
  it.each(samplePrompts.map((prompt) => promptPath(prompt)))(
    'takes %s for an MP3',
    async (path) => {
      expect(await audioTypeOf(readFileSync(path))).toBe('audio/mpeg');
    },
  );

  const table = Object.entries(cases).flatMap(([expected, inputs]) =>
    Object.entries(inputs).map(([name, content]) => [name, expected, content] as const),
  );
  it.each(table)('calls %s %s', async (_, expected, content) => {
    expect(await audioTypeOf(content)).toBe(expected);
  });
});

const bytes = (maxLength: number) =>
  fc.uint8Array({ maxLength, size: 'max' }).map((array) => Buffer.from(array));

/** How the formats begin that file-type and we tell, to lead random bytes past the first checks. */
const beginnings = fc.constantFrom(
  ...Object.values(cases).flatMap((inputs) => Object.values(inputs).map((b) => b.subarray(0, 40))),
);

describe('audioTypeOf, of any input,', () => {
  it('finds an MP3 behind tags, padding and foreign bytes of any length', async () => {
    const padding = fc.nat({ max: 10_000 }).map(zeros);
    const tag = fc.oneof(fc.nat({ max: 10_000 }).map(id3), fc.nat({ max: 10_000 }).map(ape));
    const foreign = fc.oneof(padding, bytes(4000));
    const lead = fc.oneof(foreign, tag, fc.tuple(tag, foreign).map(Buffer.concat));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...mp3s), lead, async (content, before) => {
        expect(await audioTypeOf(Buffer.concat([before, content]))).toBe('audio/mpeg');
      }),
    );
  });

  it('finds an MP3 that is cut at any byte, at either end', async () => {
    const part = fc.tuple(fc.constantFrom(...mp3s), fc.nat({ max: 2000 }), fc.nat({ max: 2000 }));
    await fc.assert(
      fc.asyncProperty(part, async ([content, from, less]) => {
        const { length } = content;
        expect(await audioTypeOf(content.subarray(from, length - less))).toBe('audio/mpeg');
      }),
    );
  });

  it('never takes text for audio, whatever its encoding', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', size: 'max', maxLength: 60 }),
      fc.lorem().map((words) => `ID3${words}`),
    );
    const encode = fc.constantFrom(
      (content: string) => Buffer.from(content),
      utf16le,
      utf16be,
      latin1,
      (content: string) => Buffer.from(content, 'utf16le'),
    );
    await fc.assert(
      fc.asyncProperty(text, encode, async (content, encoded) => {
        expect(await audioTypeOf(encoded(content))).toMatch(/^not (audio|recognised)$/);
      }),
    );
  });

  it('shows that printable text is no audio, in UTF-8 or UTF-16', async () => {
    const text = fc.string({ unit: 'grapheme', size: 'max', maxLength: 500 });
    const encode = fc.constantFrom((content: string) => Buffer.from(content), utf16le, utf16be);
    await fc.assert(
      fc.asyncProperty(text, encode, async (content, encoded) => {
        expect(await audioTypeOf(encoded(content))).toBe('not audio');
      }),
    );
  });

  it('never takes random bytes for audio', async () => {
    await fc.assert(
      fc.asyncProperty(bytes(20_000), async (content) => {
        expect(await audioTypeOf(content)).toMatch(/^not (audio|recognised)$/);
      }),
    );
  });

  it('throws nothing, however the bytes begin', async () => {
    await fc.assert(
      fc.asyncProperty(beginnings, bytes(2000), fc.nat({ max: 40 }), async (begin, rest, size) => {
        const content = Buffer.concat([begin.subarray(0, size), rest]);
        expect(await audioTypeOf(content)).toEqual(expect.any(String));
      }),
      { numRuns: 300 },
    );
  });
});
