import { describe, expect, test } from '@jest/globals';
import { isOpen } from '../../src/call-flow/is-open';

const clinic = {
  timeZone: 'Asia/Tokyo',
  weekly: { monday: ['09:00-12:00', '13:00-18:00'], saturday: ['00:00-24:00'] },
  holidays: { '01-01': ['10:00-11:00'], '2026-11-23': [], '2027-01-01': ['09:00-10:00'] },
};

describe('opening hours', () => {
  // 2026-11-30 is a Monday; Tokyo is nine hours ahead of UTC.
  test.each([
    ['2026-11-30T08:59:59+09:00', false, 'just before it opens'],
    ['2026-11-30T09:00:00+09:00', true, 'as it opens'],
    ['2026-11-30T11:59:59+09:00', true, 'just before the break'],
    ['2026-11-30T12:30:00+09:00', false, 'in the break'],
    ['2026-11-30T17:59:59Z', false, 'when it would be open in another time zone only'],
    ['2026-11-30T18:00:00+09:00', false, 'as it closes'],
    ['2026-12-01T10:00:00+09:00', false, 'on a weekday without times'],
    ['2026-12-05T00:00:00+09:00', true, 'from the first minute of a whole day'],
    ['2026-12-05T23:59:59+09:00', true, 'to the last minute of a whole day'],
    ['2026-12-06T00:00:00+09:00', false, 'after the whole day'],
    ['2026-11-23T10:00:00+09:00', false, 'on a Monday that is a holiday'],
    ['2028-01-01T10:30:00+09:00', true, "on every year's date with times of its own"],
    ['2027-01-01T10:30:00+09:00', false, 'on a date whose times override those of every year'],
    ['2027-01-01T09:30:00+09:00', true, 'in the times of that date'],
    ['2026-12-31T15:30:00Z', false, "on New Year's Day there, the day before elsewhere"],
  ])('at %s are %p, %s', (now, open) => {
    expect(isOpen(clinic, new Date(now))).toBe(open);
  });

  test('follow daylight saving time', () => {
    const hours = { timeZone: 'Europe/Berlin', weekly: { monday: ['09:00-10:00'] }, holidays: {} };
    expect(isOpen(hours, new Date('2026-10-19T07:30:00Z'))).toBe(true);
    expect(isOpen(hours, new Date('2026-10-26T07:30:00Z'))).toBe(false);
    expect(isOpen(hours, new Date('2026-10-26T08:30:00Z'))).toBe(true);
  });

  test('throw a RangeError for a time zone that does not exist', () => {
    expect(() => isOpen({ ...clinic, timeZone: 'Asia/Tokio' }, new Date(0))).toThrow(RangeError);
  });
});
