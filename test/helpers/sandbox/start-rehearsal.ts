import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { RehearsalOptions } from '../../../sandbox/rehearsal/rehearsal';
import type { ActionRequest, Running } from './rehearsal-process';

export type TestRehearsal = Running['started'] & Running['actions'];

/** Starts a rehearsal in another process. */
export async function startRehearsal(
  options: Omit<RehearsalOptions, 'onExchange'> = {},
): Promise<TestRehearsal> {
  const child = fork(join(__dirname, 'rehearsal-process.ts'), [JSON.stringify(options)], {
    execArgv: ['--require', require.resolve('tsx/cjs')],
    serialization: 'advanced',
  });
  const nextResult = async () => {
    const [{ result, error }] = await once(child, 'message');
    if (error) throw new Error(error);
    return result;
  };
  const run = (action: ActionRequest['action'], argument?: unknown) => {
    child.send({ action, argument });
    return nextResult();
  };
  const started: Running['started'] = await nextResult();
  return {
    ...started,
    call: (call) => run('call', call),
    ring: (call) => run('ring', call),
    request: (sent) => run('request', sent),
    live: () => run('live'),
    services: () => run('services'),
    environments: () => run('environments'),
    exchanges: () => run('exchanges'),
    async stop() {
      const exited = once(child, 'exit');
      await run('stop');
      await exited;
    },
  };
}
