import decodeWav from '@audio/decode-wav';
import { expect, test } from '@jest/globals';
import { decodeMulaw, encodeMulaw, throughMulaw } from '../../../console/listen/mulaw';

/** Of G.711, in 16 bits: what is louder is clipped; what is added before the logarithm. */
const LOUDEST = 32_635;
const BIAS = 132;

const BYTES = Array.from({ length: 256 }, (_, byte) => byte);

// https://www.itu.int/rec/T-REC-G.711, table 2a, in 16 bits.
test.each([
  [0, 0xff],
  [-1, 0x7f],
  [8, 0xfe],
  [32_767, 0x80],
  [-32_768, 0x00],
  [1000, 0xce],
  [-1000, 0x4e],
])('the sample %d is the byte %d', (sample, byte) => {
  expect(encodeMulaw(sample)).toBe(byte);
});

test('each byte is decoded as another decoder decodes it', async () => {
  const { channelData } = await decodeWav(mulawFile(BYTES));
  const others = [...(channelData[0] ?? [])].map((sample) => Math.round(sample * 32_768));
  expect(BYTES.map(decodeMulaw).map((sample) => sample + 0)).toEqual(others);
});

test('what was decoded is encoded to the same byte, but for the second zero', () => {
  const again = BYTES.map((byte) => encodeMulaw(decodeMulaw(byte)));
  expect(again).toEqual(BYTES.map((byte) => (byte === 0x7f ? 0xff : byte)));
});

test('no sample of 16 bits is off by more than a 32nd of its height above the bias', () => {
  const samples = Array.from({ length: 2 * LOUDEST + 1 }, (_, index) => index - LOUDEST);
  const wrong = samples.filter((sample) => {
    const off = Math.abs(decodeMulaw(encodeMulaw(sample)) - sample);
    return off > (Math.abs(sample) + BIAS) / 32;
  });
  expect(wrong).toEqual([]);
});

test('quiet samples keep more of themselves than loud ones, and too loud ones are clipped', () => {
  const samples = Float32Array.of(0, 0.001, 0.5, 1, 1.5, -1.5);
  expect([...throughMulaw(samples)]).toEqual([0, 32, 16_764, 32_124, 32_124, -32_124]);
});

/** A WAV file of µ-law bytes. */
function mulawFile(bytes: readonly number[]): Uint8Array {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + bytes.length, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(7, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(8000, 24);
  header.writeUInt32LE(8000, 28);
  header.writeUInt16LE(1, 32);
  header.writeUInt16LE(8, 34);
  header.write('data', 36);
  header.writeUInt32LE(bytes.length, 40);
  return Buffer.concat([header, Buffer.from(bytes)]);
}
