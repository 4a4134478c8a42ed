/**
 * Records calls and measures audio. It runs as a process of its own, as the libraries are published as
 * ES modules that Jest does not load.
 */
import type { CallEvent } from '../../../phone';
import { audioSeconds } from '../../../phone/media';
import { recordingOf } from '../../../phone/recording';

export type AudioTask =
  | {
      readonly record: readonly CallEvent[];
      /** Of the first event, where a key cut it short. */
      readonly heardSeconds?: number;
    }
  | { readonly measure: Uint8Array; readonly mimeType: string };

function record({ record: events, heardSeconds }: Extract<AudioTask, { record: unknown }>) {
  const [first] = events;
  return first && heardSeconds !== undefined
    ? recordingOf(events, new Map([[first, heardSeconds]]))
    : recordingOf(events);
}

process.on('message', async (task: AudioTask) => {
  const result =
    'record' in task ? await record(task) : await audioSeconds(task.measure, task.mimeType);
  process.send?.({ result });
});
