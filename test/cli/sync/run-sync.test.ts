import { describe, expect, it } from '@jest/globals';
import type { StopSignal } from '../../../cli/command-context';
import { exitCodeOf } from '../../../cli/run-command';
import {
  type Ending,
  endingOf,
  exitStatusOf,
  follow,
  requireAdminSecret,
} from '../../../cli/sync/run-sync';
import { ConfigError, PlayError } from '../../../src/errors';
import { GuardError, type SyncEvent, type SyncOutcome, type SyncReport } from '../../../src/sync';

const report: SyncReport = { prompts: 0, uploaded: 0, remaining: 0, retained: 0, skipped: [] };
const never = new Promise<never>(() => {});
const unheard = { progress: () => {} };

describe('a sync that is followed', () => {
  it('reports every event, then ends like the sync', async () => {
    async function* events(): AsyncGenerator<SyncEvent, SyncOutcome> {
      yield { type: 'moved' };
      yield { type: 'cleaned', assets: 2 };
      return { status: 'done', report };
    }
    const types: string[] = [];
    const reporter = { progress: ({ type }: SyncEvent) => types.push(type) };
    const ending = await follow(events, reporter, never);
    expect(types).toEqual(['moved', 'cleaned']);
    expect(ending).toEqual({ status: 'done', report });
  });

  it('ends with what the sync throws', async () => {
    async function* events(): AsyncGenerator<SyncEvent, SyncOutcome> {
      yield { type: 'moved' };
      throw new PlayError('no');
    }
    expect(await follow(events, unheard, never)).toEqual({ status: 'failed', message: 'no' });
  });

  it.each<[string, SyncEvent[], Ending]>([
    ['nothing', [{ type: 'moved' }], { status: 'guarded', message: 'no' }],
    [
      'something',
      [{ type: 'uploaded', key: 'a', path: '/a', bytes: 1 }],
      { status: 'guarded', message: 'no', changed: true },
    ],
    [
      'something in a deployment',
      [
        {
          type: 'step',
          reason: 'time',
          retryAfter: 1,
          report: { ...report, buildSid: 'ZB' },
        },
      ],
      { status: 'guarded', message: 'no', changed: true },
    ],
  ])('knows at a guard whether it had changed %s', async (_, before, expected) => {
    async function* events(): AsyncGenerator<SyncEvent, SyncOutcome> {
      yield* before;
      throw new GuardError('no');
    }
    expect(await follow(events, unheard, never)).toEqual(expected);
  });

  it('ends with what is thrown before it begins', async () => {
    const begin = () => {
      throw new ConfigError('no');
    };
    expect(await follow(begin, unheard, never)).toEqual({ status: 'misconfigured', message: 'no' });
  });

  it('ends at once when it is interrupted between two events', async () => {
    async function* events(): AsyncGenerator<SyncEvent, SyncOutcome> {
      yield { type: 'building', buildSid: 'ZB', adopted: false };
      return never;
    }
    let interrupt: (signal: StopSignal) => void = () => {};
    const interrupted = new Promise<StopSignal>((resolve) => {
      interrupt = resolve;
    });
    const ending = await follow(events, { progress: () => interrupt('SIGTERM') }, interrupted);
    expect(ending).toEqual({ status: 'interrupted', signal: 'SIGTERM' });
  });
});

describe('the exit code', () => {
  it.each<[Ending, number]>([
    [{ status: 'done', report }, 0],
    [{ status: 'done', report: { ...report, lacks: 'Functions' } }, 1],
    [{ status: 'failed', message: '' }, 1],
    [{ status: 'misconfigured', message: '' }, 2],
    [{ status: 'guarded', message: '' }, 3],
    [{ status: 'pending', reason: 'quiet', report, retryAfter: 1 }, 4],
    [{ status: 'interrupted', signal: 'SIGINT' }, 130],
    [{ status: 'interrupted', signal: 'SIGTERM' }, 143],
  ])('of %j is %i', (ending, code) => {
    expect(exitCodeOf(exitStatusOf(ending))).toBe(code);
  });
});

describe('an exception', () => {
  it.each([
    [new GuardError('why'), { status: 'guarded', message: 'why' }],
    [new ConfigError('why'), { status: 'misconfigured', message: 'why' }],
    [new PlayError('why'), { status: 'failed', message: 'why' }],
    ['why', { status: 'failed', message: 'why' }],
  ])('%s ends the sync with its message', (thrown, ending) => {
    expect(endingOf(thrown)).toEqual(ending);
  });

  it('that is unexpected ends the sync with its stack', () => {
    expect(endingOf(new TypeError('oops'))).toEqual({
      status: 'failed',
      message: expect.stringMatching(/^TypeError: oops\n {4}at .*run-sync\.test\.ts/),
    });
  });
});

describe('the secret of a deployment', () => {
  const secret = 'not a secret '.repeat(3).trim();

  it('is used as it is', () => {
    expect(requireAdminSecret({ ADMIN_SECRET: secret })).toBe(secret);
  });

  it.each([
    ['not set', undefined],
    ['too short', 'x'.repeat(31)],
    ['not fit for a header', 'é'.repeat(32)],
    ['ended by a blank, which a header loses', `${'x'.repeat(32)} `],
    ['broken over two lines', `${'x'.repeat(32)}\nx`],
  ])('is refused when it is %s', (_, ADMIN_SECRET) => {
    expect(() => requireAdminSecret({ ADMIN_SECRET })).toThrow(ConfigError);
  });
});
