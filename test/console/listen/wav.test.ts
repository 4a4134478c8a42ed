import decodeWav from '@audio/decode-wav';
import { expect, test } from '@jest/globals';
import { wavOf } from '../../../console/listen/wav';

test('a decoder finds the samples in the file, and their rate', async () => {
  const samples = Int16Array.of(0, 1, -1, 1000, -32_768);
  const { channelData, sampleRate } = await decodeWav(new Uint8Array(wavOf(samples, 8000)));
  expect(sampleRate).toBe(8000);
  expect(channelData).toHaveLength(1);
  expect([...(channelData[0] ?? [])].map((sample) => Math.round(sample * 32_768))).toEqual([
    ...samples,
  ]);
});

test('no samples are a file that says so', () => {
  const view = new DataView(wavOf(new Int16Array(), 8000));
  expect(view.byteLength).toBe(44);
  expect(view.getUint32(4, true)).toBe(36);
  expect(view.getUint32(40, true)).toBe(0);
});
