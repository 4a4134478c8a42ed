import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import Ajv from 'ajv';
import { samplePrompts } from '../../sandbox/prompts';
import { callFlowJsonSchema, SCHEMA_FILE } from '../../scripts/call-flow-schema';
import { CALL_FLOW_FILE } from '../../src/call-flow/files';
import { checkCallFlow } from '../../src/call-flow/parse';
import { promptsOf } from '../../src/call-flow/steps';

const text = readFileSync(join(__dirname, '../..', CALL_FLOW_FILE), 'utf8');
const schema = JSON.parse(readFileSync(SCHEMA_FILE, 'utf8'));

describe('the sample flow', () => {
  const prompts = [...promptsOf(checkCallFlow(text))].map(({ prompt }) => prompt);

  test('has the words and the language of each sample recording', () => {
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

  test('speaks English and Japanese', () => {
    expect(new Set(prompts.map(({ language }) => language))).toEqual(new Set([undefined, 'ja-JP']));
    expect(JSON.parse(text).language).toBe('en-US');
  });
});

describe('call-flow.schema.json', () => {
  const validate = new Ajv({ strictTypes: false }).compile(schema);

  test('is up to date: npm run schema writes it', () => {
    expect(schema).toEqual(JSON.parse(callFlowJsonSchema()));
  });

  test('accepts the sample flow, which names it', () => {
    expect(validate(JSON.parse(text))).toBe(true);
    expect(JSON.parse(text).$schema).toBe('../call-flow.schema.json');
  });

  test('refuses a misspelt field deep in a flow', () => {
    const flow = JSON.parse(text);
    flow.menus.main.digits['0'].open.otherwise.next.prompt.txt = 'misspelt';
    expect(validate(flow)).toBe(false);
  });
});
