import { expect, it } from '@jest/globals';
import { deadLetterLines, deliveredLine } from '../../../sandbox/events/connect';

it('says how many events callers hear', () => {
  expect(deliveredLine(1)).toContain('S3 sent 1 event, /sync answered 200');
  expect(deliveredLine(3)).toContain('S3 sent 3 events, ');
});

it.each([
  [{ status: 409, retryAfter: '-1' }, 1, '/sync answered 409 at the last of 1 call.'],
  [{ problem: 'timeout' }, 12, '/sync had no answer (timeout) at the last of 12 calls.'],
] as const)('says what became of a dead letter, and what to run: %j', (answer, calls, words) => {
  const outcome = { status: 'dead letter', calls, answer } as const;
  const lines = deadLetterLines('prompts/\u001b[31m.mp3', outcome, '.sandbox/current/env');
  expect(lines).toContain(words);
  expect(lines).toContain('npm run sync -- --env .sandbox/current/env');
  expect(lines).not.toContain('\u001b');
});
