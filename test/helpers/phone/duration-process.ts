/**
 * Measures the audio that it is sent. Run as a process, since the library is published as ES
 * modules that Jest does not load.
 */
import { audioSeconds } from '../../../phone/duration';

process.on('message', async ({ audio, mimeType }: { audio: Uint8Array; mimeType: string }) => {
  process.send?.({ seconds: await audioSeconds(audio, mimeType) });
});
