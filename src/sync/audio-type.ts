import { fileTypeFromBuffer } from 'file-type/core';
import { MPEG_SEARCH_BYTES, TEXT_SAMPLE_BYTES } from '../limits';

/** What an object's bytes show. */
export type AudioType =
  /** Audio that Twilio plays, of this type. */
  | 'audio/mpeg'
  | 'audio/wav'
  | 'audio/aiff'
  | 'audio/x-aifc'
  /** Text, a picture, an archive, audio that Twilio does not play: no call can play it. */
  | 'not audio'
  /** Neither: it may be GSM or u-law, which have no header, or an MP3 that starts oddly. */
  | 'not recognised';

/**
 * The media type of audio that Twilio plays, from its bytes alone. What merely is not recognised is
 * not called "not audio": the proxy can play it.
 */
export async function audioTypeOf(content: Buffer): Promise<AudioType> {
  if (isText(content)) return 'not audio';
  const audio = content.subarray(tagsLength(content));
  if (startsWithFrames(audio, mpegFrameAt)) return 'audio/mpeg';
  if (ascii(audio, 0) === 'RIFF' && ascii(audio, 8) === 'WAVE') return 'audio/wav';
  if (ascii(audio, 0) === 'FORM') return iffTypeOf(ascii(audio, 8));
  if (startsWithFrames(audio, adtsFrameAt)) return 'not audio';
  const other = await otherFormatOf(audio);
  if (other !== undefined) return COMPRESSED.has(other) ? 'not recognised' : 'not audio';
  return hasFramesWithin(audio, MPEG_SEARCH_BYTES) ? 'audio/mpeg' : 'not recognised';
}

/** https://www.mmsp.ece.mcgill.ca/Documents/AudioFormats/AIFF/AIFF.html */
function iffTypeOf(kind: string): AudioType {
  if (kind === 'AIFF') return 'audio/aiff';
  if (kind === 'AIFC') return 'audio/x-aifc';
  return /^[A-Z0-9]{3}[A-Z0-9 ]$/.test(kind) ? 'not audio' : 'not recognised';
}

/**
 * Types that file-type tells by two bytes, or by zeros. Audio without a header, and bytes before the
 * first MPEG frame, may begin so by chance.
 */
const WEAKLY_RECOGNISED: ReadonlySet<string> = new Set([
  'application/postscript',
  'application/vnd.ms-fontobject',
  'application/x-apple-diskimage',
  'application/x-arj',
  'application/x-compress',
  'application/x-cpio',
  'application/x-msdownload',
  'audio/aac',
  'audio/vnd.dolby.dd-raw',
  'font/ttf',
  'image/bmp',
  'image/jxl',
  'image/x-icon',
  'video/mp2t',
]);

/** It may be audio whose Content-Encoding says so: the proxy passes that on. */
const COMPRESSED: ReadonlySet<string> = new Set(['application/gzip', 'application/zstd']);

/** Of the containers that file-type does not know, those of telephones and of macOS. */
const OTHER_CONTAINERS: ReadonlyMap<string, string> = new Map([
  ['.snd', 'audio/basic'],
  ['caff', 'audio/x-caf'],
]);

/** The media type of what is no audio that Twilio plays, as far as its bytes show that. */
async function otherFormatOf(content: Buffer): Promise<string | undefined> {
  // Its parsers may fail in a damaged file.
  const mime = (await fileTypeFromBuffer(content).catch(() => undefined))?.mime;
  if (mime === undefined) return OTHER_CONTAINERS.get(ascii(content, 0));
  // Any two bytes with MPEG's sync are audio/mpeg to file-type.
  return mime === 'audio/mpeg' || WEAKLY_RECOGNISED.has(mime) ? undefined : mime;
}

/**
 * Whether it is text: UTF-16 with a byte order mark, or any encoding of single bytes or of UTF-8,
 * which all leave control characters as they are. u-law has 7F and FF wherever it is silent. Nothing
 * at all is text, too.
 */
function isText(content: Buffer): boolean {
  const sample = content.subarray(0, TEXT_SAMPLE_BYTES);
  const mark = sample.subarray(0, 2).toString('hex');
  if (mark === 'fffe' || mark === 'feff') return isUtf16(sample, mark === 'fffe' ? 'le' : 'be');
  return sample.every(
    (byte) => (byte >= 0x20 && byte !== 0x7f && byte !== 0xff) || TEXT_CONTROLS.has(byte),
  );
}

/** Tab, line feed, vertical tab, form feed, carriage return, escape. */
const TEXT_CONTROLS: ReadonlySet<number> = new Set([9, 10, 11, 12, 13, 27]);

function isUtf16(sample: Buffer, order: 'le' | 'be'): boolean {
  try {
    // As a stream, because the sample may end inside a character.
    const text = new TextDecoder(`utf-16${order}`, { fatal: true }).decode(sample, {
      stream: true,
    });
    return !/[^\P{Cc}\s]|\p{Co}|\p{Cn}/u.test(text);
  } catch {
    return false;
  }
}

/** The length of the tags before the audio: ID3v2 and APEv2, in any order. */
function tagsLength(content: Buffer): number {
  let length = 0;
  for (;;) {
    const tag = content.subarray(length, length + 32);
    const next = length + (id3Length(tag) ?? apeLength(tag) ?? 0);
    if (next === length || next > content.length) return length;
    length = next;
  }
}

/** https://id3.org/id3v2.4.0-structure */
function id3Length(tag: Buffer): number | undefined {
  if (tag.length < 10 || tag.toString('latin1', 0, 3) !== 'ID3') return undefined;
  const [major = 0, revision = 0, flags = 0, ...size] = tag.subarray(3, 10);
  if (major === 0xff || revision === 0xff || size.some((byte) => byte >= 0x80)) return undefined;
  const footer = flags & 0x10 ? 10 : 0;
  return 10 + size.reduce((sum, byte) => sum * 0x80 + byte, 0) + footer;
}

/** https://wiki.hydrogenaud.io/index.php?title=APE_Tags_Header */
function apeLength(tag: Buffer): number | undefined {
  if (tag.length < 32 || tag.toString('latin1', 0, 8) !== 'APETAGEX') return undefined;
  return 32 + tag.readUInt32LE(12);
}

/** One frame of a stream of frames. */
interface Frame {
  /** Bytes, its header included. */
  readonly length: number;
  /** What all frames of a stream have in common. */
  readonly kind: number;
}

type FrameReader = (content: Buffer, offset: number) => Frame | undefined;

/** Frames in a row that no other file has by chance. */
const FRAMES_IN_A_ROW = 3;

/**
 * Whether it starts with frames, each where the one before says. A stream may end earlier: with one
 * whole frame, or inside its second or a later one.
 */
function startsWithFrames(content: Buffer, frameAt: FrameReader): boolean {
  const { count, end } = framesFrom(content, 0, frameAt);
  if (count >= FRAMES_IN_A_ROW) return true;
  return count === 1 ? end === content.length : count > 1 && end >= content.length;
}

/** Whether MPEG audio begins somewhere in the first bytes: its streams are synchronised upon. */
function hasFramesWithin(content: Buffer, bytes: number): boolean {
  for (let at = content.indexOf(0xff); at >= 0 && at < bytes; at = content.indexOf(0xff, at + 1)) {
    if (framesFrom(content, at, mpegFrameAt).count >= FRAMES_IN_A_ROW) return true;
  }
  return false;
}

/** How many frames follow each other from an offset, up to those that are enough, and their end. */
function framesFrom(content: Buffer, offset: number, frameAt: FrameReader) {
  let end = offset;
  let count = 0;
  for (let kind: number | undefined; count < FRAMES_IN_A_ROW; count++) {
    const frame = frameAt(content, end);
    if (!frame || frame.kind !== (kind ?? frame.kind)) break;
    kind = frame.kind;
    end += frame.length;
  }
  return { count, end };
}

/** In kbit/s, by the index in the header, from 1. */
const BIT_RATES = {
  mpeg1LayerII: [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
  mpeg1LayerIII: [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  mpeg2: [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
} as const;

/** Of MPEG-1, in Hz; MPEG-2 has half of it, MPEG-2.5 a quarter. */
const SAMPLING_RATES = [44_100, 48_000, 32_000] as const;

/**
 * Reads a frame header of MPEG audio, layer II or III: ISO/IEC 11172-3, 2.4.2.3. Layer I, which nobody
 * has, looks like a byte order mark or like silence in u-law. A frame of the free format does not tell
 * its length.
 *
 * http://www.mp3-tech.org/programmer/frame_header.html
 */
function mpegFrameAt(content: Buffer, offset: number): Frame | undefined {
  if (offset + 4 > content.length) return undefined;
  const header = content.readUInt32BE(offset);
  const version = (header >>> 19) & 3;
  const layer = 4 - ((header >>> 17) & 3);
  if (header >>> 21 !== 0x7ff || version === 1) return undefined;
  if (layer !== 2 && layer !== 3) return undefined;
  const isMpeg1 = version === 3;
  const table = isMpeg1 ? (layer === 2 ? 'mpeg1LayerII' : 'mpeg1LayerIII') : 'mpeg2';
  const bitRate = BIT_RATES[table][((header >>> 12) & 15) - 1];
  const samplingRate = SAMPLING_RATES[(header >>> 10) & 3];
  if (bitRate === undefined || samplingRate === undefined) return undefined;
  const divisor = isMpeg1 ? 1 : version === 2 ? 2 : 4;
  const samples = layer === 3 && !isMpeg1 ? 576 : 1152;
  const padding = (header >>> 9) & 1;
  const length = Math.floor((samples * bitRate * 125 * divisor) / samplingRate) + padding;
  return { length, kind: header & 0xfffe0c00 };
}

/**
 * Reads a frame header of AAC in ADTS, which Twilio does not play.
 *
 * https://wiki.multimedia.cx/index.php/ADTS
 */
function adtsFrameAt(content: Buffer, offset: number): Frame | undefined {
  if (offset + 7 > content.length) return undefined;
  const header = content.readUInt32BE(offset);
  if (((header >>> 16) & 0xfff6) !== 0xfff0) return undefined;
  const length = (content.readUIntBE(offset + 3, 3) >>> 5) & 0x1fff;
  return length < 7 ? undefined : { length, kind: header & 0xfffefc00 };
}

function ascii(content: Buffer, offset: number): string {
  return content.toString('latin1', offset, offset + 4);
}
