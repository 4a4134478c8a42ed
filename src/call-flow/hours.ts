import * as v from 'valibot';
import { strict, text } from './fields';
import { WEEKDAYS } from './is-open';

const INTERVAL = /^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$/;
const RULE =
  'must be a time of day such as 09:00-18:00, which ends after it begins, at 24:00 at most';

const interval = v.pipe(
  v.string(RULE),
  v.regex(INTERVAL, RULE),
  v.check((value) => value.slice(0, 5) < value.slice(6), RULE),
);
const intervals = v.pipe(
  v.array(interval, 'must be a list of times of day, such as ["09:00-12:00", "13:00-18:00"]'),
  v.description('When it is open, in local time. An empty list is a day that is closed.'),
);

const DATE = /^(\d{4}-)?(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;
const DATE_RULE = 'must be a date: 2027-01-11, or 01-01 for every year';

/** 2028 is a leap year, so that 02-29 is a date of every year, too. */
const isDate = (date: string): boolean => {
  const day = date.length === 5 ? `2028-${date}` : date;
  return new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
};

const weekdays = Object.fromEntries(WEEKDAYS.map((day) => [day, v.optional(intervals)]));

export const hoursSchema = v.pipe(
  strict({
    // Finding out whether the zone exists takes 40 ms: the build checks it, calls do not.
    timeZone: v.pipe(
      text('a time zone such as Asia/Tokyo'),
      v.description('IANA time zone: Asia/Tokyo, Europe/Berlin.'),
    ),
    weekly: v.pipe(
      strict(weekdays),
      v.description('Times of day by weekday. A day that is not named is closed.'),
    ),
    holidays: v.pipe(
      v.optional(
        v.record(
          v.pipe(v.string(DATE_RULE), v.regex(DATE, DATE_RULE), v.check(isDate, DATE_RULE)),
          intervals,
          'must be an object of dates',
        ),
        {},
      ),
      v.description('Dates with times of their own: {"01-01": [], "2027-12-30": ["09:00-12:00"]}.'),
    ),
  }),
  v.description('Opening hours.'),
);

export type Hours = v.InferOutput<typeof hoursSchema>;
