import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Outcome } from '../../../sandbox/events';
import type { S3Credentials } from '../../../sandbox/s3/signature';
import type { SampleBucketVariables } from '../../../sandbox/sample-bucket';
import type { AccountVariables } from '../../../sandbox/sandbox';

export type SandboxMessage =
  | { readonly type: 'connect events'; readonly syncUrl: string }
  | { readonly type: 'open phone page' | 'stop S3' | 'stop' }
  | (S3Credentials & { readonly type: 'activate' })
  | { readonly type: 'deactivate'; readonly accessKeyId: string };

export interface TestSandbox {
  readonly publicOrigin: string;
  readonly variables: SampleBucketVariables & AccountVariables;
  /** What came of each event, in order, since they were connected. */
  readonly outcomes: SandboxOutcome[];
  /** Lets S3's changes call a deployment's /sync. */
  connectEvents(syncUrl: string): Promise<void>;
  /** Puts the phone page in front of the deployment. */
  openPhonePage(): Promise<void>;
  stopS3(): Promise<void>;
  /** Makes S3 take another access key, too. */
  activateKey(key: S3Credentials): Promise<void>;
  /** Makes S3 refuse an access key from now on. */
  deactivateKey(accessKeyId: string): Promise<void>;
  stop(): Promise<void>;
}

export type SandboxOutcome = Outcome & { readonly key: string; readonly pending: number };

/** Starts the sandbox in a process of its own: Twilio's runtime sets globals that Jest replaces. */
export async function startSandbox(): Promise<TestSandbox> {
  const child = fork(join(__dirname, 'sandbox-process.ts'), {
    execArgv: ['--require', require.resolve('tsx/cjs')],
  });
  const [started] = await once(child, 'message');
  if (started.error) throw new Error(started.error);
  const outcomes: SandboxOutcome[] = [];
  child.on('message', (message: { readonly outcome?: SandboxOutcome }) => {
    if (message.outcome) outcomes.push(message.outcome);
  });
  const tell = async (message: SandboxMessage) => {
    child.send(message);
    for (;;) {
      const [said] = await once(child, 'message');
      if (said.done === message.type) return;
    }
  };
  return {
    ...started,
    outcomes,
    connectEvents: (syncUrl) => tell({ type: 'connect events', syncUrl }),
    openPhonePage: () => tell({ type: 'open phone page' }),
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
