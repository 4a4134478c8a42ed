import { CALL_FLOW_ASSET } from '../src/call-flow/files';
import { defineFunction, sentence } from '../src/runtime';
import { respondToSync } from '../src/sync/slice';

/** One slice of a sync: call it until it answers 200. */
export const handler = defineFunction(
  'sync',
  (request) => respondToSync(request, Runtime.getAssets()[CALL_FLOW_ASSET]?.open() ?? '{}'),
  () => sentence(500, 'The sync failed; callers hear what they heard before. The log says why.'),
);
