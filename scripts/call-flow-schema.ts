/**
 * Writes call-flow.schema.json, by which editors complete and check assets/call-flow.private.json.
 * It runs as `npm run schema`.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toJsonSchema } from '@valibot/to-json-schema';
import { actionSchema } from '../src/call-flow/actions';
import { hoursSchema } from '../src/call-flow/hours';
import { language, promptSchema } from '../src/call-flow/prompts';
import { callFlowSchema } from '../src/call-flow/schema';

/** The JSON Schema of a call flow. The build checks also what JSON Schema cannot express. */
export function callFlowJsonSchema(): string {
  const schema = toJsonSchema(callFlowSchema, {
    typeMode: 'input',
    definitions: { language, prompt: promptSchema, action: actionSchema, hours: hoursSchema },
    ignoreActions: ['check', 'guard', 'max_bytes'],
  });
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}

export const SCHEMA_FILE = join(__dirname, '..', 'call-flow.schema.json');

if (require.main === module) writeFileSync(SCHEMA_FILE, callFlowJsonSchema());
