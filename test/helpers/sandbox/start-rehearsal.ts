import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { RehearsalOptions } from '../../../sandbox/rehearsal/rehearsal';
import type { Ask, Running } from './rehearsal-process';

export type TestRehearsal = Running['started'] & Running['actions'];

/** Starts a rehearsal in another process. */
export async function startRehearsal(
  options: Omit<RehearsalOptions, 'onExchange'> = {},
): Promise<TestRehearsal> {
  const child = fork(join(__dirname, 'rehearsal-process.ts'), [JSON.stringify(options)], {
    execArgv: ['--require', require.resolve('tsx/cjs')],
    env: { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    serialization: 'advanced',
  });
  const answer = async () => {
    const [{ result, error }] = await once(child, 'message');
    if (error) throw new Error(error);
    return result;
  };
  const ask = (action: Ask['action'], argument?: unknown) => {
    child.send({ action, argument });
    return answer();
  };
  const started: Running['started'] = await answer();
  return {
    ...started,
    call: (call) => ask('call', call),
    request: (sent) => ask('request', sent),
    live: () => ask('live'),
    services: () => ask('services'),
    exchanges: () => ask('exchanges'),
    async stop() {
      const exited = once(child, 'exit');
      await ask('stop');
      await exited;
    },
  };
}
