import { CALL_FLOW_ASSET } from '../src/call-flow/files';
import { defineFunction, sentence } from '../src/runtime';
import { answerSync } from '../src/sync/slice';

/** One bounded step of making Assets equal to S3: call it until it answers 200. */
export const handler = defineFunction(
  'sync',
  (call) => answerSync(call, Runtime.getAssets()[CALL_FLOW_ASSET]?.open() ?? '{}'),
  () => sentence(500, 'The sync failed; callers hear what they heard before. The log says why.'),
);
