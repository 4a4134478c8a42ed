import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { AudioTask } from './audio-process';

/** Starts the process that records calls and measures audio. */
export function startAudioProcess() {
  const child = fork(join(__dirname, 'audio-process.ts'), {
    execArgv: ['--import', 'tsx'],
    serialization: 'advanced',
  });
  return {
    async run(task: AudioTask) {
      const answered = once(child, 'message');
      child.send(task);
      const [{ result }] = await answered;
      return result;
    },
    stop: () => child.disconnect(),
  };
}
