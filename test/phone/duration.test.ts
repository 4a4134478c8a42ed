import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startAudioProcess } from '../helpers/phone/audio';
import { silentMp3 } from '../helpers/phone/server';

let audio: ReturnType<typeof startAudioProcess>;
beforeAll(() => {
  audio = startAudioProcess();
});
afterAll(() => audio.stop());

const secondsOf = (bytes: Buffer, mimeType: string): Promise<number | undefined> =>
  audio.run({ measure: bytes, mimeType });

/** One second of silence: 8,000 samples of one byte. */
function silentWav(): Buffer {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + 8_000, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(8_000, 24);
  header.writeUInt32LE(8_000, 28);
  header.writeUInt16LE(1, 32);
  header.writeUInt16LE(8, 34);
  header.write('data', 36);
  header.writeUInt32LE(8_000, 40);
  return Buffer.concat([header, Buffer.alloc(8_000, 0x80)]);
}

describe('the duration of audio', () => {
  test('is that of the frames of an MP3', async () => {
    const seconds = await secondsOf(silentMp3(100), 'audio/mpeg');
    expect(seconds).toBeCloseTo((100 * 1_152) / 44_100, 3);
  });

  test('is that of the samples of a WAV', async () => {
    expect(await secondsOf(silentWav(), 'audio/wav')).toBeCloseTo(1, 3);
  });

  test.each(['', 'no audio at all', '<?xml version="1.0"?><Error/>'])(
    'is unknown for %j',
    async (body) => {
      expect(await secondsOf(Buffer.from(body), 'audio/mpeg')).toBeUndefined();
    },
  );
});
