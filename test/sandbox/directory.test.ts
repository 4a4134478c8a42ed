import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { linkCurrent } from '../../sandbox/directory';

let sandboxes: string;
beforeEach(() => {
  sandboxes = realpathSync(mkdtempSync(join(tmpdir(), 'sandboxes-')));
});
afterEach(() => rmSync(sandboxes, { recursive: true }));

function startOne(pid: string) {
  const directory = join(sandboxes, pid);
  mkdirSync(directory);
  return { directory, ...linkCurrent(directory) };
}

describe('the link to the sandbox that runs', () => {
  it('is the same for one after the other', () => {
    const first = startOne('100');
    expect(first.path).toBe(join(sandboxes, 'current'));
    expect(realpathSync(first.path)).toBe(first.directory);
    first.unlink();
    rmSync(first.directory, { recursive: true });
    expect(existsSync(first.path)).toBe(false);
    expect(startOne('200').path).toBe(first.path);
  });

  it('stays with the first of two at once', () => {
    const [first, second] = [startOne('100'), startOne('200')];
    expect(second.path).toBe(second.directory);
    second.unlink();
    expect(realpathSync(first.path)).toBe(first.directory);
  });

  it('is taken over from one that was killed', () => {
    const killed = startOne('100');
    rmSync(killed.directory, { recursive: true });
    const next = startOne('200');
    expect(realpathSync(next.path)).toBe(next.directory);
  });
});
