import { readConfig } from '../src/config';
import { serveAudio } from '../src/proxy/proxy';
import { defineFunction, sentence } from '../src/runtime';

/** The proxy: a prompt that is not an Asset (yet), straight from S3. */
export const handler = defineFunction(
  'audio',
  ({ context, event, headers }) => serveAudio(readConfig(context), { event, headers }, new Date()),
  () => sentence(500, 'The audio could not be fetched.'),
);
