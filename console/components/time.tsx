import { useEffect, useState } from 'preact/hooks';
import { formatMinute, formatRelative } from '../format';

/** How often “3 minutes ago” is written again. */
const TICK_MS = 30_000;

interface TimeProps {
  /** ISO 8601. */
  readonly at: string;
  /** To the minute, in place of “3 hours ago”. */
  readonly exact?: boolean;
}

/** A point in time, in the reader's time zone. */
export function Time({ at, exact = false }: TimeProps) {
  const date = new Date(at);
  const now = useNow();
  return (
    <time dateTime={at} title={exact ? undefined : formatMinute(date)}>
      {exact ? formatMinute(date) : formatRelative(date, now)}
    </time>
  );
}

const listeners = new Set<() => void>();

/** The current time, again every half minute: one timer for all that show a time. */
function useNow(): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const tick = () => setNow(new Date());
    listeners.add(tick);
    return () => void listeners.delete(tick);
  }, []);
  return now;
}

setInterval(() => {
  for (const tick of listeners) tick();
}, TICK_MS);
