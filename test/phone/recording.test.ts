import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { CallEvent, MediaEvent } from '../../phone';
import { toWav } from '../../phone/recording';
import { startAudioProcess } from '../helpers/phone/audio';

let audio: ReturnType<typeof startAudioProcess>;
beforeAll(() => {
  audio = startAudioProcess();
});
afterAll(() => audio.stop());

/** A recording of these events: its samples, and the URLs of what it does not hold. */
async function record(...events: CallEvent[]) {
  const { wav, notDecoded } = await audio.run({ record: events });
  const samples = new Int16Array(Uint8Array.from(wav.subarray(44)).buffer);
  return { samples, notDecoded: notDecoded.map(({ url }: MediaEvent) => url) };
}

const samplesOf = async (...events: CallEvent[]) => (await record(...events)).samples;

const body = readFileSync(join(__dirname, '../../sandbox/prompts/unknown.mp3'));
const medium: MediaEvent = {
  kind: 'media',
  verb: 'Play',
  url: 'https://example.com/a.mp3',
  mediaUrl: 'https://example.com/a.mp3',
  appended: 0,
  signed: false,
  redirects: [],
  loop: 1,
  status: 200,
  contentType: 'audio/mpeg',
  bytes: body.length,
  body,
  milliseconds: 1,
};

/** Half a second of a loud tone of 500 Hz, as 8,000 square samples a second. */
const TONE = Float32Array.from({ length: 4000 }, (_, index) => (index % 16 < 8 ? 0.9 : -0.9));

/** AIFF of one channel, 16 bits and 8,000 samples a second: https://www.mmsp.ece.mcgill.ca/Documents/AudioFormats/AIFF/AIFF.html */
function toAiff(samples: Float32Array): Buffer {
  const data = Buffer.alloc(samples.length * 2);
  samples.forEach(
    (sample, index) => void data.writeInt16BE(Math.round(sample * 0x7fff), index * 2),
  );
  const chunk = (id: string, ...parts: Buffer[]) => {
    const content = Buffer.concat(parts);
    const size = Buffer.alloc(4);
    size.writeUInt32BE(content.length);
    return Buffer.concat([Buffer.from(id), size, content]);
  };
  const format = Buffer.from('0001000000000010400bfa00000000000000', 'hex');
  format.writeUInt32BE(samples.length, 2);
  const sound = chunk('SSND', Buffer.alloc(8), data);
  return chunk('FORM', Buffer.from('AIFF'), chunk('COMM', format), sound);
}

/** The tone as µ-law in a WAV file: format 7, one byte a sample. */
function muLawWav(samples: Float32Array): Buffer {
  const header = toWav(new Float32Array(), 8000);
  header.writeUInt16LE(7, 20);
  header.writeUInt32LE(8000, 28);
  header.writeUInt16LE(1, 32);
  header.writeUInt16LE(8, 34);
  header.writeUInt32LE(samples.length, 40);
  return Buffer.concat([header, Buffer.from(samples.map((sample) => (sample > 0 ? 0x80 : 0)))]);
}

describe('a recording of a call', () => {
  test('holds a medium as often as it is played', async () => {
    const single = await samplesOf(medium);
    expect(single.length).toBeGreaterThan(8000);
    const thrice = await samplesOf({ ...medium, loop: 3 });
    expect(thrice.length).toBe(3 * single.length);
    expect(thrice.subarray(2 * single.length)).toEqual(single);
  });

  test('holds of a medium that a key cut short what was heard before', async () => {
    const whole = await samplesOf(medium);
    const { wav } = await audio.run({ record: [medium, { ...medium }], heardSeconds: 0.5 });
    const samples = new Int16Array(Uint8Array.from(wav.subarray(44)).buffer);
    expect(samples).toHaveLength(4000 + whole.length);
    expect(samples.subarray(0, 4000)).toEqual(whole.subarray(0, 4000));
    expect(samples.subarray(4000)).toEqual(whole);
  });

  test('holds nothing of a medium that failed, even if its body is audio', async () => {
    expect(await samplesOf({ ...medium, errorCode: 11200 })).toHaveLength(0);
    expect(await samplesOf({ ...medium, body: undefined })).toHaveLength(0);
  });

  test.each([
    ['a WAV file', 'audio/wav', toWav(TONE, 8000)],
    [
      'a WAV file of another rate',
      'audio/x-wav',
      toWav(Float32Array.from([...TONE, ...TONE]), 16_000),
    ],
    ['an AIFF file', 'audio/aiff', toAiff(TONE)],
    ['raw µ-law', 'audio/ulaw', Buffer.from(TONE.map((sample) => (sample > 0 ? 0x80 : 0)))],
    ['µ-law in a WAV file', 'audio/wav', muLawWav(TONE)],
  ])('holds %s', async (_, contentType, bytes) => {
    const { samples, notDecoded } = await record({ ...medium, body: bytes, contentType });
    expect(notDecoded).toEqual([]);
    expect(samples).toHaveLength(TONE.length);
    const middle = samples.subarray(1000, 3000);
    const loudness = Math.sqrt(middle.reduce((sum, sample) => sum + sample ** 2, 0) / 2000);
    expect(loudness).toBeGreaterThan(10_000);
  });

  test('holds silence for audio that cannot be decoded, as long as it lasts, and names it', async () => {
    for (const [contentType, bytes] of [
      ['audio/wav', 'RIFF'],
      ['audio/aiff', 'FORM'],
      ['audio/gsm', 'GSM'],
    ]) {
      const other = {
        ...medium,
        contentType,
        body: Buffer.from(bytes ?? ''),
        durationSeconds: 1.5,
      };
      const { samples, notDecoded } = await record(other);
      expect(samples).toHaveLength(12_000);
      expect(samples.every((sample) => sample === 0)).toBe(true);
      expect(notDecoded).toEqual([medium.url]);
    }
  });
});
