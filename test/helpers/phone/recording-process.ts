/**
 * Records the steps that it is sent. Run as a process, since the decoder is published as ES modules
 * that Jest does not load.
 */
import type { Step } from '../../../phone';
import { recordingOf } from '../../../phone/recording';

process.on('message', async (steps: Step[]) => {
  process.send?.(await recordingOf(steps));
});
