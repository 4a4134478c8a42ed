import { execFileSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';

/** Where and when a run was: what its figures hang on. */
export interface Machine {
  /** UTC, such as 2026-11-25. */
  readonly date: string;
  /** Such as `2 cores, AMD EPYC, 8 GB`. */
  readonly hardware: string;
  /** Such as v22.12.0. */
  readonly node: string;
  /** Short hash, with `, changed` where the checkout has changes; undefined without git. */
  readonly commit: string | undefined;
}

export function readMachine(project: string, now: Date): Machine {
  const cores = cpus();
  return {
    date: now.toISOString().slice(0, 10),
    hardware: [
      `${cores.length} ${cores.length === 1 ? 'core' : 'cores'}`,
      cores[0]?.model.trim() ?? 'unknown CPU',
      `${Math.round(totalmem() / 1e9)} GB`,
    ].join(', '),
    node: process.version,
    commit: commitOf(project),
  };
}

/** The commit of a checkout. */
export function commitOf(directory: string): string | undefined {
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', directory, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  try {
    const changed = git('status', '--porcelain', '--untracked-files=no') !== '';
    return git('rev-parse', '--short', 'HEAD') + (changed ? ', changed' : '');
  } catch {
    return undefined;
  }
}
