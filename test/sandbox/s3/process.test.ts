import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rmdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from '@jest/globals';
import * as v from 'valibot';
import { type S3Server, startS3 } from '../../../sandbox/s3';
import { send } from '../../helpers/sandbox/s3/raw-request';

/** Folders that servers of a process left behind. */
async function leftovers(pid = process.pid): Promise<string[]> {
  const names = await readdir(tmpdir());
  return names.filter((name) => name.startsWith(`twilio-s3-play-s3-${pid}-`));
}

async function answers(endpoint: string): Promise<boolean> {
  return send(endpoint, { path: '/' }).then(
    () => true,
    () => false,
  );
}

/** Waits for what happens in other processes; a test that waits in vain fails. */
async function eventually(isTrue: () => Promise<boolean> | boolean): Promise<void> {
  for (let tries = 0; !(await isTrue()); tries += 1) {
    if (tries === 500) throw new Error(`waited in vain until ${isTrue}`);
    await sleep(20);
  }
}

async function putObject(s3: S3Server): Promise<void> {
  const client = new S3Client({ ...s3, forcePathStyle: true });
  const Body = Buffer.from('x');
  await client.send(new PutObjectCommand({ Bucket: 'prompts', Key: 'a.mp3', Body }));
  client.destroy();
}

const Started = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ endpoint: v.string(), pid: v.number() }),
);

interface Parent {
  readonly parent: ChildProcess;
  output(): string;
}

/** Runs parent.ts from the file system's root, as a program run by tsx would be. */
function spawnParent(...args: readonly string[]): Parent {
  const script = join(__dirname, '../../helpers/sandbox/s3/parent.ts');
  const parent = spawn(process.execPath, ['--import', require.resolve('tsx'), script, ...args], {
    cwd: '/',
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, as a shell makes one for each command.
    detached: true,
  });
  let output = '';
  for (const stream of [parent.stdout, parent.stderr]) {
    stream.on('data', (text) => {
      output += text;
    });
  }
  return { parent, output: () => output };
}

async function startParent(): Promise<Parent & { readonly endpoint: string }> {
  const { parent, output } = spawnParent();
  await eventually(() => output().includes('\n') || parent.exitCode !== null);
  return { parent, output, endpoint: v.parse(Started, output()).endpoint };
}

/** Presses Ctrl-C at the terminal that a program was started from. */
function interrupt({ pid = 0 }: ChildProcess): void {
  process.kill(-pid, 'SIGINT');
}

describe('the S3 server', () => {
  it('listens on loopback and tells how to reach it', async () => {
    const s3 = await startS3({ buckets: ['prompts'] });
    expect(s3).toMatchObject({
      endpoint: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      region: 'us-east-1',
      credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE' },
    });
    expect(await answers(s3.endpoint)).toBe(true);
    await s3.stop();
  });

  it('is gone with all that it stored once it is stopped, however often', async () => {
    const exits: string[] = [];
    const s3 = await startS3({ buckets: ['prompts'], onExit: (reason) => exits.push(reason) });
    await putObject(s3);
    expect(await leftovers()).toHaveLength(1);
    await Promise.all([s3.stop(), s3.stop()]);
    await s3.stop();
    expect(await answers(s3.endpoint)).toBe(false);
    expect(await leftovers()).toEqual([]);
    expect(exits).toEqual([]);
  });

  it('takes the port that it is given, and says so when somebody has it', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const address = taken.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    await expect(startS3({ buckets: ['prompts'], port })).rejects.toThrow(
      `The S3 server cannot start at 127.0.0.1:${port}: listen EADDRINUSE`,
    );
    expect(await leftovers()).toEqual([]);
    taken.close();
    await once(taken, 'close');
    const s3 = await startS3({ buckets: ['prompts'], port });
    expect(s3.endpoint).toBe(`http://127.0.0.1:${port}`);
    await s3.stop();
  });

  it('keeps its objects where it is told', async () => {
    const directory = await mkdtemp(join(tmpdir(), 's3-directory-'));
    const s3 = await startS3({ buckets: ['prompts'], directory });
    await putObject(s3);
    expect(await readdir(directory)).toHaveLength(1);
    expect(await leftovers()).toEqual([]);
    await s3.stop();
    expect(await readdir(directory)).toEqual([]);
    await rmdir(directory);
  });

  it.each([
    { buckets: ['Prompts'] },
    { buckets: ['../prompts'] },
    { buckets: ['prompts'], port: 70_000 },
    { buckets: ['prompts'], region: '' },
  ])('does not start with options that make no sense: %j', async (options) => {
    await expect(startS3(options)).rejects.toThrow(TypeError);
    expect(await leftovers()).toEqual([]);
  });

  it('reports when it is killed, and leaves nothing behind', async () => {
    const exits: string[] = [];
    const s3 = await startS3({ buckets: ['prompts'], onExit: (reason) => exits.push(reason) });
    await putObject(s3);
    process.kill(s3.pid ?? 0, 'SIGKILL');
    await eventually(() => exits.length > 0);
    expect(exits).toEqual(['it ended without a word']);
    expect(await leftovers()).toEqual([]);
    await s3.stop();
  });

  it('outlives every Ctrl-C that its parent has yet to handle, as it starts and after', async () => {
    const { parent, output } = spawnParent('deaf');
    await eventually(() => output().includes('deaf\n'));
    await eventually(() => {
      interrupt(parent);
      return output().split('\n').length > 2;
    });
    interrupt(parent);
    const { endpoint } = v.parse(Started, output().split('\n')[1]);
    expect(await answers(endpoint)).toBe(true);
    parent.kill();
    await eventually(async () => !(await answers(endpoint)));
  });

  it.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)(
    'ends with a parent that dies of %s, says nothing, and leaves nothing behind',
    async (signal) => {
      const { parent, endpoint, output } = await startParent();
      expect(await leftovers(parent.pid)).toHaveLength(1);
      expect(await answers(endpoint)).toBe(true);
      expect(output().trim().split('\n')).toHaveLength(1);
      parent.kill(signal);
      await eventually(async () => !(await answers(endpoint)));
      await eventually(async () => (await leftovers(parent.pid)).length === 0);
    },
  );
});
