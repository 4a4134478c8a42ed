// How numbers, times and places are written on the pages. Pure: no browser is needed.

export { formatBytes } from '../src/words';

/** Such as 1 prompt, 2 prompts, 1,000 prompts. */
export function formatCount(n: number, what: string): string {
  return `${n.toLocaleString('en')} ${what}${n === 1 ? '' : 's'}`;
}

/** A sound's length, such as 0:07 or 1:02:03. Anything that sounds has a second at least. */
export function formatLength(seconds: number): string {
  const whole = seconds > 0 ? Math.max(1, Math.round(seconds)) : 0;
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const shown = parts[0] === 0 ? parts.slice(1) : parts;
  return shown
    .map((part, index) => (index === 0 ? `${part}` : `${part}`.padStart(2, '0')))
    .join(':');
}

const RELATIVE = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const STEPS = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const;
/** From so many days on, the date says more. */
const RELATIVE_DAYS = 30;

// Made once: to make one takes longer than to write a hundred times.
const DATE = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium' });
const MINUTE = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  timeZoneName: 'short',
});

/** Such as “3 hours ago”, or the date, in the reader's time zone, where that is long ago. */
export function formatRelative(at: Date, now: Date): string {
  const seconds = (at.getTime() - now.getTime()) / 1000;
  if (Math.abs(seconds) >= RELATIVE_DAYS * 86_400) return DATE.format(at);
  const step = STEPS.find(([, length]) => Math.abs(seconds) >= length);
  if (step === undefined) return 'just now';
  const [unit, length] = step;
  return RELATIVE.format(Math.trunc(seconds / length), unit);
}

/** To the minute, in the reader's time zone: such as 2 Jan 2026, 03:04 UTC. */
export function formatMinute(at: Date): string {
  return MINUTE.format(at);
}

/** A key in two parts: the folders that all prompts share say less than the name. */
export function splitKey(key: string): { readonly folder: string; readonly name: string } {
  // A key that ends with a slash has its last folder as its name.
  const slash = key.slice(0, -1).lastIndexOf('/');
  return { folder: key.slice(0, slash + 1), name: key.slice(slash + 1) };
}

/** A name, and its ending: that is written from left to right, whatever the name is written in. */
export function splitEnding(name: string): readonly [stem: string, ending: string] {
  const ending = /(?<=.)\.[a-z0-9]{1,5}$/i.exec(name)?.[0] ?? '';
  return [name.slice(0, name.length - ending.length), ending];
}
