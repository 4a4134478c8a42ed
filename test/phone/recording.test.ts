import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { CallEvent, MediaEvent } from '../../phone';
import { startAudioProcess } from '../helpers/phone/audio';

let audio: ReturnType<typeof startAudioProcess>;
beforeAll(() => {
  audio = startAudioProcess();
});
afterAll(() => audio.stop());

/** The samples of a recording of these events. */
async function samplesOf(...events: CallEvent[]): Promise<Int16Array> {
  const wav: Buffer = await audio.run({ record: events });
  return new Int16Array(Uint8Array.from(wav.subarray(44)).buffer);
}

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

describe('a recording of a call', () => {
  test('holds a medium as often as it is played', async () => {
    const single = await samplesOf(medium);
    expect(single.length).toBeGreaterThan(8000);
    const thrice = await samplesOf({ ...medium, loop: 3 });
    expect(thrice.length).toBe(3 * single.length);
    expect(thrice.subarray(2 * single.length)).toEqual(single);
  });

  test('holds nothing of a medium that failed, even if its body is audio', async () => {
    expect(await samplesOf({ ...medium, errorCode: 11200 })).toHaveLength(0);
    expect(await samplesOf({ ...medium, body: undefined })).toHaveLength(0);
  });

  test('holds silence for audio that cannot be decoded, as long as it lasts', async () => {
    const other = { ...medium, body: Buffer.from('RIFF'), durationSeconds: 1.5 };
    const samples = await samplesOf(other);
    expect(samples).toHaveLength(12_000);
    expect(samples.every((sample) => sample === 0)).toBe(true);
  });
});
