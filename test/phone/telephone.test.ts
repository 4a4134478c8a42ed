import { describe, expect, test } from '@jest/globals';
import { toWav } from '../../phone/recording';
import { throughTelephone } from '../../phone/telephone';
import { TELEPHONE_RATE } from '../../src/limits';

const sine = (hertz: number, rate: number, seconds = 0.5): Float32Array =>
  Float32Array.from({ length: rate * seconds }, (_, i) =>
    Math.sin((2 * Math.PI * hertz * i) / rate),
  );

/** Loudness against that of a full sine, in dB, leaving out where the filter starts and ends. */
function decibels(samples: Float32Array): number {
  const middle = samples.slice(400, -400);
  const power = middle.reduce((sum, sample) => sum + sample * sample, 0) / middle.length;
  return 10 * Math.log10(power * 2);
}

describe('a telephone line', () => {
  test.each([8000, 16_000, 22_050, 24_000, 44_100, 48_000])(
    'makes 8,000 samples a second of %i, and keeps the duration',
    (rate) => {
      expect(throughTelephone(sine(1000, rate), rate)).toHaveLength(TELEPHONE_RATE / 2);
    },
  );

  test.each([500, 1000, 2000, 3000])('lets %i Hz through', (hertz) => {
    expect(Math.abs(decibels(throughTelephone(sine(hertz, 24_000), 24_000)))).toBeLessThan(0.5);
  });

  test.each([50, 120])('keeps hum of %i Hz out', (hertz) => {
    expect(decibels(throughTelephone(sine(hertz, 24_000), 24_000))).toBeLessThan(-20);
  });

  test.each([3900, 4600, 7000, 9000])('does not turn %i Hz into another tone', (hertz) => {
    expect(decibels(throughTelephone(sine(hertz, 44_100), 44_100))).toBeLessThan(-40);
  });

  test('takes an empty sound', () => {
    expect(throughTelephone(new Float32Array(), 44_100)).toHaveLength(0);
  });
});

describe('a WAV file', () => {
  test('has 16 bits a sample, and clips what is too loud', () => {
    const file = toWav(Float32Array.of(0, 0.5, -1, 2), 8000);
    expect(file.toString('latin1', 0, 4)).toBe('RIFF');
    expect(file.readUInt32LE(4)).toBe(file.length - 8);
    expect([file.readUInt16LE(22), file.readUInt32LE(24), file.readUInt16LE(34)]).toEqual([
      1, 8000, 16,
    ]);
    expect([0, 1, 2, 3].map((index) => file.readInt16LE(44 + 2 * index))).toEqual([
      0, 16_384, -32_767, 32_767,
    ]);
  });
});
