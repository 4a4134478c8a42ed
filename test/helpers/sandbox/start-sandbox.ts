import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { S3Credentials } from '../../../sandbox/s3/signature';
import type { SampleBucketVariables } from '../../../sandbox/sample-bucket';
import type { AccountVariables } from '../../../sandbox/sandbox';

export type SandboxMessage =
  | { readonly type: 'stop S3' | 'stop' }
  | (S3Credentials & { readonly type: 'activate' })
  | { readonly type: 'deactivate'; readonly accessKeyId: string };

export interface TestSandbox {
  readonly publicOrigin: string;
  readonly variables: SampleBucketVariables & AccountVariables;
  stopS3(): Promise<void>;
  /** Makes S3 take another access key, too. */
  activateKey(key: S3Credentials): Promise<void>;
  /** Makes S3 refuse an access key from now on. */
  deactivateKey(accessKeyId: string): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the sandbox in a process of its own: Twilio's runtime sets globals that Jest replaces. */
export async function startSandbox(): Promise<TestSandbox> {
  const child = fork(join(__dirname, 'sandbox-process.ts'), {
    execArgv: ['--require', require.resolve('tsx/cjs')],
  });
  const [started] = await once(child, 'message');
  if (started.error) throw new Error(started.error);
  const tell = async (message: SandboxMessage) => {
    child.send(message);
    await once(child, 'message');
  };
  return {
    ...started,
    stopS3: () => tell({ type: 'stop S3' }),
    activateKey: (key) => tell({ type: 'activate', ...key }),
    deactivateKey: (accessKeyId) => tell({ type: 'deactivate', accessKeyId }),
    async stop() {
      const exited = once(child, 'exit');
      await tell({ type: 'stop' });
      await exited;
    },
  };
}
