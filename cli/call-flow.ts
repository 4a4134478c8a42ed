import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CALL_FLOW_FILE } from '../src/call-flow/files';
import { checkCallFlow } from '../src/call-flow/parse';
import type { CallFlow } from '../src/call-flow/schema';

/** Reads the call flow of a project, checked as before a deployment. */
export function readCallFlow(directory = '.'): CallFlow {
  return checkCallFlow(readFileSync(join(directory, CALL_FLOW_FILE), 'utf8'));
}
