import { describe, expect, it } from '@jest/globals';
import { type Ending, endingOf, exitCodeOf } from '../../../cli/sync/ending';
import { ConfigError, PlayError } from '../../../src/errors';
import { GuardError, type SyncReport } from '../../../src/sync';

const report: SyncReport = { prompts: 0, uploaded: 0, remaining: 0, retained: 0, skipped: [] };

describe('the exit code', () => {
  it.each<[Ending, number]>([
    [{ status: 'done', report }, 0],
    [{ status: 'failed', message: '' }, 1],
    [{ status: 'misconfigured', message: '' }, 2],
    [{ status: 'guarded', message: '' }, 3],
    [{ status: 'pending', reason: 'quiet', report, retryAfter: 1 }, 4],
    [{ status: 'interrupted', signal: 'SIGINT' }, 130],
    [{ status: 'interrupted', signal: 'SIGTERM' }, 143],
  ])('of %j is %i', (ending, code) => {
    expect(exitCodeOf(ending)).toBe(code);
  });
});

describe('an exception', () => {
  it.each([
    [new GuardError('why'), { status: 'guarded', message: 'why' }],
    [new ConfigError('why'), { status: 'misconfigured', message: 'why' }],
    [new PlayError('why'), { status: 'failed', message: 'why' }],
    ['why', { status: 'failed', message: 'why' }],
  ])('%s ends the command as foreseen', (thrown, ending) => {
    expect(endingOf(thrown)).toEqual(ending);
  });

  it('that nobody foresaw brings its stack', () => {
    expect(endingOf(new TypeError('oops'))).toEqual({
      status: 'failed',
      message: expect.stringMatching(/^TypeError: oops\n {4}at .*ending\.test\.ts/),
    });
  });
});
