import { describe, expect, it } from '@jest/globals';
import { runShell } from '../../../sandbox/rehearsal/staged-project';

const cwd = process.cwd();

describe('a line that the rehearsal types into a shell', () => {
  it('sees its own variables, and none of an account', async () => {
    process.env.AUTH_TOKEN = 'of the shell';
    try {
      const written = await runShell('echo "$MINE,$AUTH_TOKEN"', {
        cwd,
        environment: { MINE: 'one' },
      });
      expect(written).toBe('one,\n');
    } finally {
      delete process.env.AUTH_TOKEN;
    }
  });

  it('fails at the first command that fails, with what was written', async () => {
    const line = 'echo before\nfalse\necho after';
    await expect(runShell(line, { cwd, environment: {} })).rejects.toThrow(
      /ended with 1:\nbefore\n$/,
    );
  });

  it('is ended with all that it started', async () => {
    const controller = new AbortController();
    // The line has ended only when nothing can write any more.
    const running = runShell('sleep 60 & echo started; wait', {
      cwd,
      environment: {},
      signal: controller.signal,
      onOutput: () => controller.abort(),
    });
    await expect(running).rejects.toThrow(/ended with SIGTERM:\nstarted\n$/);
  });
});
