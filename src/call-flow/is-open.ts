import type { Hours } from './hours';

export const WEEKDAYS = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
] as const;

/**
 * Whether it is open: by the times of the date in `holidays`, otherwise by those of the weekday.
 *
 * @throws {RangeError} when there is no such time zone
 */
export function isOpen({ timeZone, weekly, holidays }: Hours, now: Date): boolean {
  const { date, time } = localTime(now, timeZone);
  const intervals = holidays[date] ?? holidays[date.slice(5)] ?? weekly[weekdayOf(date)] ?? [];
  return intervals.some((interval) => {
    const [from = '', to = ''] = interval.split('-');
    return from <= time && time < to;
  });
}

/** Date and time of day in a time zone: 2027-01-11 and 18:05. */
function localTime(now: Date, timeZone: string): { date: string; time: string } {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
  const part = Object.fromEntries(
    format.formatToParts(now).map(({ type, value }) => [type, value]),
  );
  return {
    date: `${part.year}-${part.month}-${part.day}`,
    time: `${part.hour}:${part.minute}`,
  };
}

function weekdayOf(date: string): string {
  // WEEKDAYS begins on Monday, getUTCDay() on Sunday.
  return WEEKDAYS[(new Date(date).getUTCDay() + 6) % 7] ?? '';
}
