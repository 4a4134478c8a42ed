import { execFileSync } from 'node:child_process';

/** The part of a terminal that keys come from. */
export interface KeyInput {
  readonly isTTY: boolean;
  setRawMode(mode: boolean): unknown;
  on(event: 'data', listener: (pressed: Buffer | string) => void): unknown;
  off(event: 'data', listener: (pressed: Buffer | string) => void): unknown;
  resume(): unknown;
  pause(): unknown;
}

const CTRL_C = '\u0003';
const CTRL_D = '\u0004';

/**
 * Calls a function for each key that is pressed at a terminal. Ctrl-C and Ctrl-D count as `q`: a
 * terminal in raw mode sends no signals.
 *
 * @param keys by the character of the key
 * @returns a function that releases the terminal; undefined without a terminal, or when another process
 *   group has it
 */
export function onKeys(
  input: KeyInput,
  keys: Readonly<Record<string, () => void>>,
): (() => void) | undefined {
  if (!input.isTTY || isInBackground()) return undefined;
  const press = (pressed: Buffer | string) => {
    for (const character of String(pressed).toLowerCase()) {
      const key = character === CTRL_C || character === CTRL_D ? 'q' : character;
      if (Object.hasOwn(keys, key)) keys[key]?.();
    }
  };
  input.setRawMode(true);
  input.on('data', press);
  input.resume();
  return () => {
    input.off('data', press);
    input.setRawMode(false);
    input.pause();
  };
}

/** A terminal stops a background job, such as `npm start &`, that reads from it. */
function isInBackground(): boolean {
  try {
    const columns = ['-o', 'pgid=', '-o', 'tpgid=', '-p', String(process.pid)];
    const printed = execFileSync('ps', columns, { stdio: ['ignore', 'pipe', 'ignore'] });
    const [group = 0, foreground = 0] = String(printed).trim().split(/\s+/).map(Number);
    return foreground > 0 && group !== foreground;
  } catch {
    // Without ps there is no way to find out.
    return false;
  }
}
