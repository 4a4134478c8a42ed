import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { promptWarnings, readCallFlow } from '../../sandbox/call-flow';
import { startSampleBucket } from '../../sandbox/sample-bucket';
import { readConfig } from '../../src/config';
import { everyBranch } from '../helpers/call-flow/every-branch';

const folder = mkdtempSync(join(tmpdir(), 'flow-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the call flow at npm start', () => {
  it('names prompts that are in the sample bucket, and warns of others', async () => {
    const { s3, variables } = await startSampleBucket();
    try {
      const config = readConfig(variables);
      expect(await promptWarnings(readCallFlow(), config.s3)).toEqual([]);
      const renamed = { ...everyBranch, farewell: { key: 'prompts/bye.mp3', text: 'Goodbye.' } };
      expect(await promptWarnings(renamed, config.s3)).toEqual([
        'The bucket has no prompts/bye.mp3 under prompts/, which the call flow names in farewell: callers hear nothing there until a sync, and then its text.',
      ]);
      const withoutPrefix = { ...everyBranch, farewell: { key: 'goodbye.mp3', text: 'Goodbye.' } };
      expect(await promptWarnings(withoutPrefix, config.s3)).toEqual([
        'The bucket has no goodbye.mp3 under prompts/, which the call flow names in farewell: callers hear nothing there until a sync, and then its text. Did you mean prompts/goodbye.mp3?',
      ]);
    } finally {
      await s3.stop();
    }
  });

  it('is checked by the rules of the build', () => {
    mkdirSync(join(folder, 'assets'));
    const hours = { ...everyBranch.hours, never: { timeZone: 'Mars/Base', weekly: {} } };
    const flow = JSON.stringify({ ...everyBranch, hours });
    writeFileSync(join(folder, 'assets', 'call-flow.private.json'), flow);
    expect(() => readCallFlow(folder)).toThrow('hours.never.timeZone must be a time zone');
  });
});
