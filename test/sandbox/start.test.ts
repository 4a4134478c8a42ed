import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';

/** What `npm start` runs, without npm around it. */
function start(args: readonly string[], port: string): ChildProcess {
  return spawn(process.execPath, ['--require', 'tsx/cjs', 'sandbox/main.ts', ...args], {
    env: { ...process.env, PORT: port, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function outcome(child: ChildProcess) {
  const [[code], output, errors] = await Promise.all([
    once(child, 'exit'),
    child.stdout ? text(child.stdout) : '',
    child.stderr ? text(child.stderr) : '',
  ]);
  return { code, output, errors };
}

const rows = (output: string) =>
  [...output.matchAll(/^ +\d +(.+?) {2,}(.+?) {2,}(\d.+?) *$/gm)].map((row) => row.slice(1));

describe('npm start', () => {
  it('shows the bug and its end, and with --once it ends well', async () => {
    const { code, output, errors } = await outcome(start(['--once'], '0'));
    expect(rows(output)).toEqual([
      ['Play', 'presigned URL', '200'],
      ['Gather › Play', 'presigned URL + 27 parameters', '403 SignatureDoesNotMatch'],
      ['Gather › Play', 'Asset + 27 parameters', '200'],
      ['Gather › Play', 'proxy + 27 parameters', '200'],
    ]);
    expect([code, errors]).toEqual([0, '']);
  });

  it('stays up until Ctrl-C, and takes its S3 server with it', async () => {
    const child = start([], '0');
    let output = '';
    for await (const chunk of child.stdout ?? []) {
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
    const { code, errors } = await outcome(start([], String(port)));
    server.close();
    expect(code).toBe(1);
    expect(errors).toBe(`Port ${port} is taken. Choose another: PORT=${port + 1} npm start\n`);
  });

  it('says what PORT must be', async () => {
    const { code, errors } = await outcome(start([], 'http'));
    expect([code, errors]).toEqual([1, 'PORT must be a number from 0 to 65535, not "http".\n']);
  });
});
