import { CALL_FLOW_ASSET } from '../src/call-flow/files';
import { loadManifest } from '../src/playback/playback';
import { defineFunction, sentence } from '../src/runtime';
import { respondToStatus } from '../src/status/respond';

/** What the console shows. */
export const handler = defineFunction(
  'status',
  (request) =>
    respondToStatus(request, {
      flow: Runtime.getAssets()[CALL_FLOW_ASSET]?.open(),
      manifest: loadManifest(),
    }),
  () => sentence(500, 'What is live could not be told. The log says why.'),
);
