import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { SampleBucketVariables } from '../../../sandbox/sample-bucket';
import type { AccountVariables } from '../../../sandbox/sandbox';

export interface TestSandbox {
  readonly publicOrigin: string;
  readonly variables: SampleBucketVariables & AccountVariables;
  stopS3(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the sandbox in a process of its own: Twilio's runtime sets globals that Jest replaces. */
export async function startSandbox(): Promise<TestSandbox> {
  const child = fork(join(__dirname, 'sandbox-process.ts'), {
    execArgv: ['--require', require.resolve('tsx/cjs')],
  });
  const [started] = await once(child, 'message');
  if (started.error) throw new Error(started.error);
  const tell = async (message: string) => {
    child.send(message);
    await once(child, 'message');
  };
  return {
    ...started,
    stopS3: () => tell('stop S3'),
    async stop() {
      const exited = once(child, 'exit');
      await tell('stop');
      await exited;
    },
  };
}
