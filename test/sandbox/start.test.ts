import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { resultOfProgram, startProgram, waitForOutput } from '../helpers/program';

/** What `npm start` runs, without npm around it. */
const start = (args: readonly string[], port: string) =>
  startProgram('sandbox/main.ts', args, { PORT: port });

const rows = (output: string) =>
  [...output.matchAll(/^ +\d +(.+?) {2,}(.+?) {2,}(\d.+?) *$/gm)].map((row) => row.slice(1));

/** What the screen says behind these words, up to the next blank. */
function read(output: string, words: string): string {
  const [, value = ''] = new RegExp(`${words} +(\\S+)`).exec(output) ?? [];
  return value;
}

const status = async (url: string) => (await fetch(url)).status;

describe('npm start', () => {
  it('shows the bug and its end, and with --once it ends well', async () => {
    const { code, out, err } = await resultOfProgram(start(['--once'], '0'));
    expect(rows(out)).toEqual([
      ['Play', 'presigned URL', '200'],
      ['Gather › Play', 'presigned URL + 27 parameters', '403 SignatureDoesNotMatch'],
      ['Gather › Play', 'Asset + 27 parameters', '200'],
      ['Gather › Play', 'proxy + 27 parameters', '200'],
    ]);
    expect([code, err]).toEqual([0, '']);
  });

  it('says what to try by hand, and it goes as it says', async () => {
    const child = start([], '0');
    const output = await waitForOutput(child, 'Ctrl-C');
    const urls = [...output.matchAll(/'(\S+[?&]CallSid=CA1)'/g)].map(([, url = '']) => url);
    expect(urls).toHaveLength(3);
    expect(await Promise.all(urls.map(status))).toEqual([403, 200, 200]);
    const bare = urls.map((url) => url.replace(/[?&]CallSid=CA1/, ''));
    expect(await Promise.all(bare.map(status))).toEqual([200, 200, 200]);

    child.kill();
    expect((await once(child, 'exit'))[0]).toBe(0);
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'stays up until %s, even if it comes twice, and leaves nothing behind',
    async (signal) => {
      const abandoned = join('.sandbox', 'rehearsal-4194305');
      mkdirSync(abandoned, { recursive: true });
      const child = start([], '0');
      const output = await waitForOutput(child, 'Ctrl-C');
      const voice = read(output, 'is answered at');
      expect((await fetch(voice, { method: 'POST' })).status).toBe(403);
      const exited = once(child, 'exit');
      child.kill(signal);
      child.kill(signal);
      expect(await exited).toEqual([0, null]);
      await expect(fetch(voice)).rejects.toThrow();
      await expect(fetch(read(output, 'prompts are at'))).rejects.toThrow();
      expect(existsSync(dirname(read(output, 'Variables for commands')))).toBe(false);
      expect(existsSync(abandoned)).toBe(false);
    },
  );

  it('says that its port is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { code, err } = await resultOfProgram(start([], String(port)));
    server.close();
    expect(code).toBe(1);
    expect(err).toMatch(new RegExp(`^Port ${port} is taken. Choose another by PORT, .*\n$`));
  });

  it('says what PORT must be', async () => {
    const { code, err } = await resultOfProgram(start([], 'http'));
    expect([code, err]).toEqual([2, 'PORT must be a number from 0 to 65535, not "http".\n']);
  });
});
