import { type ChildProcess, fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import * as v from 'valibot';
import { PlayError } from '../../src/errors';
import { Report, Settings, type Start } from './protocol';

export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface S3Options {
  /** Buckets that the server has; there are no others, ever. */
  readonly buckets: readonly string[];
  /** Region that signatures must name: us-east-1 unless told. */
  readonly region?: string;
  /** Port at 127.0.0.1; 0, the default, takes any free one. */
  readonly port?: number;
  /** The one key pair that the server knows: the example of AWS's documentation unless told. */
  readonly credentials?: S3Credentials;
  /** An existing folder, below which it keeps its objects: the system's temporary one unless told. */
  readonly directory?: string;
  /** Called when the server ends without being stopped, with what it said last. */
  readonly onExit?: (reason: string) => void;
}

export interface S3Server {
  /** For path-style addressing: http://127.0.0.1:port */
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: S3Credentials;
  /** Process id of the server. */
  readonly pid: number | undefined;
  /** Ends the server and removes all that it stored. */
  stop(): Promise<void>;
}

const stopPatienceMs = 3000;
const keptOutputCharacters = 4000;

function forkChild(): ChildProcess {
  return fork(join(__dirname, 'child.ts'), {
    // Resolved from here, so that neither the working directory nor the test runner matters.
    execArgv: ['--require', require.resolve('tsx/cjs')],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    // Ctrl-C reaches every process of a terminal's group; when this one ends is its parent's decision.
    detached: true,
  });
}

/** The end of what a child writes to its standard error, which is where a crash explains itself. */
function keepOutput(child: ChildProcess): () => string {
  let output = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    output = (output + text).slice(-keptOutputCharacters);
  });
  return () => output.trim() || 'it ended without a word';
}

/** Resolves once the process is gone and all that it wrote has been read. */
async function exit(child: ChildProcess): Promise<void> {
  await new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  if (child.stderr) await finished(child.stderr);
}

function ask(
  child: ChildProcess,
  start: Start,
  exited: Promise<void>,
  output: () => string,
): Promise<Report> {
  return new Promise((resolve) => {
    const fail = (reason: string) => resolve({ state: 'failed', reason });
    child.once('message', (message) => {
      const report = v.safeParse(Report, message);
      return report.success ? resolve(report.output) : fail(v.summarize(report.issues));
    });
    child.once('error', (error) => fail(error.message));
    exited.then(() => fail(output()));
    child.send(start, () => {
      // A channel that is closed belongs to a child that has ended.
    });
  });
}

async function end(child: ChildProcess, exited: Promise<void>): Promise<void> {
  if (child.connected) child.disconnect();
  const impatience = setTimeout(() => child.kill('SIGKILL'), stopPatienceMs);
  await exited;
  clearTimeout(impatience);
}

/**
 * Starts an S3 server that verifies Signature Version 4, in a process of its own that ends with
 * this one. It listens on loopback only, and its objects end with it.
 *
 * @throws TypeError for options that make no sense, such as a bad bucket name
 * @throws {PlayError} when it cannot start, with the reason, such as a port that is taken
 */
export async function startS3({
  onExit,
  directory = tmpdir(),
  ...options
}: S3Options): Promise<S3Server> {
  const settings = v.safeParse(Settings, options);
  if (!settings.success) {
    throw new TypeError(`cannot start the S3 server: ${v.summarize(settings.issues)}`);
  }
  const { region, credentials, port } = settings.output;
  const folder = await mkdtemp(join(directory, `twilio-s3-play-s3-${process.pid}-`));
  const child = forkChild();
  const output = keepOutput(child);
  // The child removes its folder itself, unless it was killed.
  const exited = exit(child).then(() => rm(folder, { recursive: true, force: true }));

  const report = await ask(child, { ...settings.output, folder }, exited, output);
  if (report.state === 'failed') {
    await end(child, exited);
    throw new PlayError(`The S3 server cannot start at 127.0.0.1:${port}: ${report.reason}`);
  }

  let stopping: Promise<void> | undefined;
  exited.then(() => stopping ?? onExit?.(output()));
  return {
    endpoint: `http://127.0.0.1:${report.port}`,
    region,
    credentials,
    pid: child.pid,
    stop: () => {
      stopping ??= end(child, exited);
      return stopping;
    },
  };
}
