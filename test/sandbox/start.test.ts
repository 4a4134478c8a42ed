import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { outcomeOf, startProgram } from '../program';

/** What `npm start` runs, without npm around it. */
const start = (args: readonly string[], port: string) =>
  startProgram('sandbox/main.ts', args, { PORT: port });

const rows = (output: string) =>
  [...output.matchAll(/^ +\d +(.+?) {2,}(.+?) {2,}(\d.+?) *$/gm)].map((row) => row.slice(1));

describe('npm start', () => {
  it('shows the bug and its end, and with --once it ends well', async () => {
    const { code, out, err } = await outcomeOf(start(['--once'], '0'));
    expect(rows(out)).toEqual([
      ['Play', 'presigned URL', '200'],
      ['Gather › Play', 'presigned URL + 27 parameters', '403 SignatureDoesNotMatch'],
      ['Gather › Play', 'Asset + 27 parameters', '200'],
      ['Gather › Play', 'proxy + 27 parameters', '200'],
    ]);
    expect([code, err]).toEqual([0, '']);
  });

  it('stays up until Ctrl-C, and takes its S3 server with it', async () => {
    const child = start([], '0');
    let output = '';
    for await (const chunk of child.stdout) {
      output += chunk;
      if (output.includes('Ctrl-C')) break;
    }
    const [, endpoint = ''] = /prompts are at +(http:\/\/[\d.:]+)/.exec(output) ?? [];
    const [, voice = ''] = /is answered at +(\S+)/.exec(output) ?? [];
    expect((await fetch(voice, { method: 'POST' })).status).toBe(403);
    const exited = once(child, 'exit');
    child.kill('SIGINT');
    expect((await exited)[0]).toBe(0);
    await expect(fetch(endpoint)).rejects.toThrow();
  });

  it('says that its port is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { code, err } = await outcomeOf(start([], String(port)));
    server.close();
    expect(code).toBe(1);
    expect(err).toBe(`Port ${port} is taken. Choose another: PORT=${port + 1} npm start\n`);
  });

  it('says what PORT must be', async () => {
    const { code, err } = await outcomeOf(start([], 'http'));
    expect([code, err]).toEqual([2, 'PORT must be a number from 0 to 65535, not "http".\n']);
  });
});
