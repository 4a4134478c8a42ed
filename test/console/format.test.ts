import { describe, expect, test } from '@jest/globals';
import {
  formatBytes,
  formatCount,
  formatLength,
  formatMinute,
  formatRelative,
  splitEnding,
  splitKey,
} from '../../console/format';

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1 kB'],
  [23_449, '23.4 kB'],
  [999_499, '999 kB'],
  [999_500, '1 MB'],
  [25_000_000, '25 MB'],
  [5_000_000_000_000, '5000 GB'],
])('%d bytes are written %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test('a thousand prompts have a comma, and one has no s', () => {
  expect(formatCount(1, 'prompt')).toBe('1 prompt');
  expect(formatCount(0, 'prompt')).toBe('0 prompts');
  expect(formatCount(1000, 'prompt')).toBe('1,000 prompts');
});

test.each([
  [0, '0:00'],
  [0.2, '0:01'],
  [6.6, '0:07'],
  [59.6, '1:00'],
  [3599.9, '1:00:00'],
  [3723, '1:02:03'],
])('a sound of %d s is %s long', (seconds, text) => {
  expect(formatLength(seconds)).toBe(text);
});

describe('a point in time', () => {
  const now = new Date('2026-11-27T12:00:00Z');
  test.each([
    ['2026-11-27T12:00:00Z', 'just now'],
    ['2026-11-27T11:59:01Z', 'just now'],
    ['2026-11-27T11:59:00Z', '1 minute ago'],
    ['2026-11-27T09:01:00Z', '2 hours ago'],
    ['2026-11-26T11:00:00Z', 'yesterday'],
    ['2026-10-29T12:00:00Z', '29 days ago'],
    ['2026-10-28T12:00:00Z', '28 Oct 2026'],
    // A clock that is a little ahead.
    ['2026-11-27T12:00:30Z', 'just now'],
    ['2026-11-27T14:00:00Z', 'in 2 hours'],
  ])('%s is written “%s”', (at, text) => {
    expect(formatRelative(new Date(at), now)).toBe(text);
  });

  test('to the minute has its date and its time zone', () => {
    const text = formatMinute(new Date(2026, 0, 2, 3, 4, 59));
    expect(text).toMatch(/^2 Jan 2026, 03:04 \S+/);
  });
});

test.each([
  ['menu.mp3', '', 'menu.mp3'],
  ['prompts/clinic/menu.mp3', 'prompts/clinic/', 'menu.mp3'],
  ['prompts/clinic/', 'prompts/', 'clinic/'],
  ['/', '', '/'],
  ['', '', ''],
])('the key “%s” is the folder “%s” and the name “%s”', (key, folder, name) => {
  expect(splitKey(key)).toEqual({ folder, name });
});

test.each([
  ['menu.mp3', 'menu', '.mp3'],
  ['שלום 2.MP3', 'שלום 2', '.MP3'],
  ['no ending', 'no ending', ''],
  ['.mp3', '.mp3', ''],
  ['menu.', 'menu.', ''],
  ['clinic/', 'clinic/', ''],
  ['', '', ''],
])('the name “%s” is “%s” and “%s”', (name, stem, ending) => {
  expect(splitEnding(name)).toEqual([stem, ending]);
});
