import { systemClock } from '../src/clock';
import { readAudioConfig } from '../src/config';
import { loadPrivateFunction } from '../src/credentials/credentials';
import { createAudioProxy } from '../src/proxy/proxy';
import { defineFunction, sentence } from '../src/runtime';
import { loadDeployedCrcs } from '../src/s3/verify';

const serveAudio = createAudioProxy({
  clock: systemClock,
  loadProviders: loadPrivateFunction,
  loadCrcs: loadDeployedCrcs,
});

/** The audio proxy: serves prompts that are no Assets (yet), from S3. */
export const handler = defineFunction(
  'audio',
  ({ context, event, headers }) => serveAudio(readAudioConfig(context), event, headers),
  () => sentence(500, 'The audio could not be fetched.'),
);
