const CLOCK = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });
const WHOLE = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'long' });

/** A time of the day in the reader's zone; the whole of it is its title. */
export function ClockTime({ at }: { readonly at: string }) {
  const date = new Date(at);
  return (
    <time dateTime={at} title={WHOLE.format(date)}>
      {CLOCK.format(date)}
    </time>
  );
}
