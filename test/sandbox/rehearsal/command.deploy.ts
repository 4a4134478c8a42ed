import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

/** What `npm run sandbox:deploy` runs, without npm around it. */
function start(...args: string[]) {
  return spawn(process.execPath, ['--require', 'tsx/cjs', 'sandbox/rehearsal/main.ts', ...args], {
    env: { ...process.env, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

describe('npm run sandbox:deploy', () => {
  it('tells its story, and what protected Assets mean', async () => {
    const child = start('--protected', '--quiet');
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    expect(await once(child, 'close')).toEqual([0, null]);
    const rows = output.split('\n').map((line) => line.trim().split(/ {2,}/));
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
