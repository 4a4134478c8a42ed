/**
 * Records the steps that it is sent. Run as a process, since the decoder is published as ES modules
 * that Jest does not load.
 */
import type { Step } from '../../../src/phone';
import { recordingOf } from '../../../src/phone/recording';

process.on('message', async (steps: Step[]) => {
  process.send?.(await recordingOf(steps));
});
