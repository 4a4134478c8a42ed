import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** This project's own folder. */
export const PROJECT_DIRECTORY = join(__dirname, '..');

/** Holds a folder for each running sandbox. */
const SANDBOXES = join(PROJECT_DIRECTORY, '.sandbox');

/**
 * Makes a folder for this process inside the project, and removes the folders of processes that were
 * killed.
 *
 * @param prefix of its name, which ends with the process id
 */
export function makeDirectory(prefix = ''): string {
  removeAbandoned();
  const directory = join(SANDBOXES, `${prefix}${process.pid}`);
  mkdirSync(directory, { recursive: true });
  return directory;
}

function removeAbandoned(): void {
  const names = existsSync(SANDBOXES) ? readdirSync(SANDBOXES) : [];
  for (const name of names) {
    const [, pid] = /^(?:[a-z-]+-)?(\d+)$/.exec(name) ?? [];
    if (pid === undefined || isRunning(Number(pid))) continue;
    rmSync(join(SANDBOXES, name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
