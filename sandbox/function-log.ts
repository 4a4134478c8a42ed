import { appendFileSync } from 'node:fs';
import { format } from 'node:util';

/**
 * Sends what Functions write to the console to a file, as Twilio keeps it apart from the terminal.
 * The sandbox's own words go to the terminal directly.
 *
 * @returns takes the console back
 */
export function keepFunctionLog(file: string): () => void {
  const { info, warn, error } = console;
  const append = (...parts: unknown[]) => appendFileSync(file, `${format(...parts)}\n`);
  Object.assign(console, { info: append, warn: append, error: append });
  return () => {
    Object.assign(console, { info, warn, error });
  };
}
