import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import Ajv from 'ajv';
import { samplePrompts } from '../../sandbox/prompts';
import { callFlowJsonSchema, SCHEMA_FILE } from '../../scripts/call-flow-schema';
import { checkCallFlow } from '../../src/call-flow/check';
import { CALL_FLOW_FILE } from '../../src/call-flow/parse';
import { promptsOf } from '../../src/call-flow/places';

const text = readFileSync(join(__dirname, '../..', CALL_FLOW_FILE), 'utf8');
const schema = JSON.parse(readFileSync(SCHEMA_FILE, 'utf8'));

describe('the sample flow', () => {
  const prompts = [...promptsOf(checkCallFlow(text))].map(({ prompt }) => prompt);

  it('says of each recording what the recording says, in its language', () => {
    const recorded = prompts.filter(({ key }) => key !== undefined);
    for (const { key, text, language = 'en-US' } of recorded) {
      const sample = samplePrompts.find(({ file }) => key === `prompts/${file}`);
      expect({ key, text, language }).toEqual({
        key,
        text: sample?.text,
        language: sample?.language,
      });
    }
    expect(new Set(recorded.map(({ key }) => key)).size).toBe(samplePrompts.length);
  });

  it('speaks English and Japanese', () => {
    expect(new Set(prompts.map(({ language }) => language))).toEqual(new Set([undefined, 'ja-JP']));
    expect(JSON.parse(text).language).toBe('en-US');
  });
});

describe('call-flow.schema.json', () => {
  const validate = new Ajv({ strictTypes: false }).compile(schema);

  it('is what the program checks: npm run schema writes it anew', () => {
    expect(schema).toEqual(JSON.parse(callFlowJsonSchema()));
  });

  it('takes the sample flow, which names it', () => {
    expect(validate(JSON.parse(text))).toBe(true);
    expect(JSON.parse(text).$schema).toBe('../call-flow.schema.json');
  });

  it('shows an editor what is wrong, deep in a flow', () => {
    const flow = JSON.parse(text);
    flow.menus.main.digits['0'].open.otherwise.next.prompt.txt = 'misspelt';
    expect(validate(flow)).toBe(false);
  });
});
