import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { resultOfProgram, startProgram } from '../../helpers/program';

/** What `npm run sandbox:deploy` runs, without npm around it. */
const start = (...args: string[]) => startProgram('sandbox/rehearsal/main.ts', args);

describe('npm run sandbox:deploy', () => {
  it('shows its calls through a proxy, and what protected Assets mean', async () => {
    const { code, out, err } = await resultOfProgram(
      start('--protected', '--through-proxy', '--quiet'),
    );
    expect([code, err]).toEqual([0, '']);
    const rows = out.split('\n').map((line) => line.trim().split(/ {2,}/));
    expect(rows).toEqual(
      expect.arrayContaining([
        ['1', 'deploy', '1', '0', expect.stringMatching(/^\d+ × proxy\b/), '200'],
        ['2', 'sync', '8', '8', expect.stringMatching(/^\d+ × Asset\b/), '200'],
        ['3', 'deploy', '1', '0', expect.stringMatching(/^\d+ × proxy\b/), '200'],
        ['4', 'sync', '0', '8', expect.stringMatching(/^\d+ × Asset\b/), '200'],
        ['1', 'Gather › Play', 'Asset + 27 parameters + signature', '200'],
        ['2', 'Gather › Play', 'Asset + 27 parameters', '403'],
      ]),
    );
  }, 120_000);

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'ends at %s, even when it comes twice, with everything that it started',
    async (signal) => {
      const child = start('--quiet');
      const [first] = await once(child.stdout, 'data');
      expect(String(first)).toContain('Starting');
      child.kill(signal);
      child.kill(signal);
      expect((await once(child, 'close'))[0]).toBe(1);
      expect(existsSync(join('.sandbox', `rehearsal-${child.pid}`))).toBe(false);
    },
  );
});
