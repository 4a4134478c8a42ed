import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { outcomeOf, startProgram } from '../../program';

/** What `npm run sandbox:deploy` runs, without npm around it. */
const start = (...args: string[]) => startProgram('sandbox/rehearsal/main.ts', args);

describe('npm run sandbox:deploy', () => {
  it('tells its story, and what protected Assets mean', async () => {
    const { code, out } = await outcomeOf(start('--protected', '--quiet'));
    expect(code).toBe(0);
    const rows = out.split('\n').map((line) => line.trim().split(/ {2,}/));
    expect(rows).toEqual(
      expect.arrayContaining([
        ['1', 'deploy', '1', '0', expect.stringMatching(/^\d+ × proxy$/), '200'],
        ['2', 'sync', '7', '7', expect.stringMatching(/^\d+ × Asset$/), '200'],
        ['3', 'deploy', '1', '0', expect.stringMatching(/^\d+ × proxy$/), '200'],
        ['4', 'sync', '0', '7', expect.stringMatching(/^\d+ × Asset$/), '200'],
        ['1', 'Gather › Play', 'Asset + 27 parameters + signature', '200'],
        ['2', 'Gather › Play', 'Asset + 27 parameters', '403'],
      ]),
    );
  });

  it('ends at Ctrl-C, and takes all that it started with it', async () => {
    const child = start('--quiet');
    const [first] = await once(child.stdout, 'data');
    expect(String(first)).toContain('Starting');
    child.kill('SIGINT');
    expect((await once(child, 'close'))[0]).toBe(1);
    expect(existsSync(join('.sandbox', `rehearsal-${child.pid}`))).toBe(false);
  });
});
