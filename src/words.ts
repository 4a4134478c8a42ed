const UNITS = ['B', 'kB', 'MB', 'GB'] as const;

/** In powers of ten, as Twilio counts: such as 999 B, 23.4 kB, 4 MB. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  // What would be rounded to 1,000 is written in the next unit.
  while (unit < UNITS.length - 1 && Number(value.toPrecision(3)) >= 1000) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? value : Number(value.toPrecision(3))} ${UNITS[unit]}`;
}

/** Such as 1 prompt, 2 prompts. */
export function formatCount(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`;
}
