import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { promptPath, samplePrompts } from '../../sandbox/prompts';
import { writeVariables } from '../helpers/cli/commands';
import { resultOfProgram, startProgram } from '../helpers/program';
import { startTestS3, type TestS3 } from '../helpers/s3/server';

let s3: TestS3;

beforeAll(async () => {
  s3 = await startTestS3();
});
afterAll(() => s3.stop());

it('npm start -- --env shows the bug and the fix on a bucket of another server', async () => {
  for (const prompt of samplePrompts) {
    await s3.put(`prompts/${prompt.file}`, readFileSync(promptPath(prompt)), {
      ContentType: 'audio/mpeg',
    });
  }
  const { file, remove } = writeVariables(s3.variables);
  const program = startProgram('sandbox/main.ts', ['--once', '--env', file], { PORT: '0' });
  const { code, out, err } = await resultOfProgram(program);
  remove();
  expect([code, err]).toEqual([0, '']);
  expect(out).toMatch(
    /2 +Gather › Play +presigned URL \+ 27 parameters +403 SignatureDoesNotMatch/,
  );
  expect(out).toContain('Row 2 is the bug. Rows 3 and 4 are this project.');
});
