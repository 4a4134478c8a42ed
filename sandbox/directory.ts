import { existsSync, mkdirSync, readdirSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { PROJECT_DIRECTORY } from '../cli/project';

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

/**
 * Lets `.sandbox/current` lead to a sandbox's folder, so that commands can be repeated word for word
 * with the next one. A link to another sandbox that runs stays.
 *
 * @returns the path to use, and what takes the link away again
 */
export function linkCurrent(directory: string): { readonly path: string; unlink(): void } {
  const current = join(dirname(directory), 'current');
  try {
    // existsSync follows the link.
    if (!existsSync(current)) {
      rmSync(current, { force: true });
      symlinkSync(basename(directory), current, 'dir');
    }
    if (readlinkSync(current) === basename(directory)) {
      return { path: current, unlink: () => rmSync(current, { force: true }) };
    }
  } catch {
    // Another sandbox was faster, or this system lets nobody make links.
  }
  return { path: directory, unlink: () => {} };
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
