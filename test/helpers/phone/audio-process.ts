/**
 * Records calls and measures audio. It runs as a process of its own, as the libraries are published as
 * ES modules that Jest does not load.
 */
import type { CallEvent } from '../../../phone';
import { audioSeconds } from '../../../phone/media';
import { recordingOf } from '../../../phone/recording';

export type AudioTask =
  | { readonly record: readonly CallEvent[] }
  | { readonly measure: Uint8Array; readonly mimeType: string };

process.on('message', async (task: AudioTask) => {
  const result =
    'record' in task
      ? await recordingOf(task.record)
      : await audioSeconds(task.measure, task.mimeType);
  process.send?.({ result });
});
