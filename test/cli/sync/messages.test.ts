import { describe, expect, it } from '@jest/globals';
import type { CommandContext } from '../../../cli/command-context';
import { jsonReporter, lineReporter, type Reporter } from '../../../cli/sync/messages';
import type { Ending } from '../../../cli/sync/run-sync';
import { REASON_WORDS } from '../../../src/status/reasons';
import type { SyncEvent, SyncReport } from '../../../src/sync';
import { createContext } from '../../helpers/cli/commands';

const report: SyncReport = { prompts: 1, uploaded: 0, remaining: 0, retained: 0, skipped: [] };
const buildSid = `ZB${'0'.repeat(32)}`;

function planned(changes: Partial<Extract<SyncEvent, { type: 'planned' }>> = {}): SyncEvent {
  const nothing = { keep: 0, upload: 0, bytes: 0, retain: 0, retire: 0, skip: 0, build: false };
  return { type: 'planned', ...nothing, ...changes };
}

/** What a reporter prints. */
function print(
  events: readonly SyncEvent[],
  ending?: Ending,
  createReporter: (output: CommandContext) => Reporter = (output) => lineReporter(output, 'sync'),
) {
  const { context, output } = createContext();
  const reporter = createReporter(context);
  for (const event of events) reporter.progress(event);
  if (ending) reporter.end(ending);
  return output;
}

describe('the lines of a sync', () => {
  it.each<[SyncEvent, string]>([
    [planned({ keep: 3 }), 'Plan: 3 to keep, 0 to upload'],
    [
      planned({ keep: 1, upload: 2, bytes: 1_250_000, retain: 3, retire: 4, skip: 5, build: true }),
      'Plan: 1 to keep, 2 to upload (1.25 MB), 3 old versions to keep for calls in progress, 4 old versions to remove, 5 to skip, a new Build to publish',
    ],
    [
      {
        type: 'not live',
        live: 0,
        prompts: 7,
        buildSid,
        since: new Date('2026-11-26T12:38:59Z'),
      },
      `0 of 7 prompts are live as S3 has them: Build ${buildSid}, live since 2026-11-26 12:38 UTC, does not have the others, as after a rollback or a deploy without a sync`,
    ],
    [{ type: 'uploaded', key: 'p/a b.mp3', path: '/x', bytes: 999 }, 'Uploaded p/a b.mp3 (999 B)'],
    [{ type: 'found', key: 'a', path: '/x', bytes: 1500 }, 'Uploaded before: a (1.5 kB)'],
    [
      { type: 'refused', key: 'a', bytes: 1, reason: 'not audio' },
      'Refused a: it is not audio that Twilio plays (MP3, WAV or AIFF), by its ending or by its bytes',
    ],
    [
      { type: 'waiting', for: 'quiet', milliseconds: 2001 },
      'Waiting 3 seconds: the bucket changed just now',
    ],
    [{ type: 'waiting', for: 'build', milliseconds: 1000 }, 'Waiting for the Build of another run'],
    [{ type: 'building', buildSid, adopted: false }, `Making Build ${buildSid}`],
    [{ type: 'building', buildSid, adopted: true }, `Taking over Build ${buildSid}`],
    [{ type: 'activated', buildSid }, `Build ${buildSid} is live`],
    [{ type: 'moved' }, 'Another Build became live meanwhile: planning again'],
    [{ type: 'cleaned', assets: 1 }, 'Deleted 1 old Asset'],
    [
      { type: 'not cleaned', message: 'no.' },
      'Old Assets were not deleted, which harms no call: no.',
    ],
    [
      { type: 'step', reason: 'quiet', report: { ...report, remaining: 2 }, retryAfter: 1000 },
      'Not done yet: the bucket changed just now, 2 prompts to upload. Asking again in 1 second',
    ],
  ])('describe %j', (event, line) => {
    expect(print([event])).toEqual({ out: `${line}\n`, err: '' });
  });

  it('leave out a plan that is repeated, or has nothing left to do', () => {
    const first = planned({ keep: 1, upload: 2, bytes: 10 });
    const other = planned({ keep: 2, upload: 1, bytes: 5 });
    const { out } = print([first, first, other, planned({ keep: 3 })]);
    expect(out).toBe('Plan: 1 to keep, 2 to upload (10 B)\nPlan: 2 to keep, 1 to upload (5 B)\n');
  });

  it.each<[Ending, string]>([
    [{ status: 'done', report }, 'Assets equal S3: 1 prompt, 0 uploaded.\n'],
    [
      { status: 'done', report: { ...report, prompts: 2, uploaded: 1, retained: 3 } },
      'Assets equal S3: 2 prompts, 1 uploaded, 3 old versions kept for calls in progress.\n',
    ],
  ])('end on standard output when it is done: %j', (ending, out) => {
    expect(print([], ending)).toEqual({ out, err: '' });
  });

  it.each<[Ending, string]>([
    [
      { status: 'pending', reason: 'time', report: { ...report, remaining: 2 }, retryAfter: 1500 },
      'Not finished, time is over, 2 prompts to upload: run the sync again in 2 seconds.\n',
    ],
    [
      { status: 'pending', reason: 'limit', report, retryAfter: 60_000 },
      'Not finished, a limit of Twilio is reached, the Build is not live: run the sync again in 1 minute.\n',
    ],
    [
      { status: 'guarded', message: 'All gone.' },
      'All gone.\nNothing was changed. To go on all the same: --force\n',
    ],
    [
      { status: 'guarded', message: 'All gone.', changed: true },
      'All gone.\nWhat this run had done before stays. To go on all the same: --force\n',
    ],
    [{ status: 'misconfigured', message: 'Missing:\n  A\n  B' }, 'Missing:\n  A\n  B\n'],
    [{ status: 'failed', message: 'Broken.' }, 'Broken.\n'],
    [
      { status: 'interrupted', signal: 'SIGINT' },
      'Stopped. The next sync finishes what this one began.\n',
    ],
  ])('end on standard error when it is not done: %j', (ending, err) => {
    expect(print([], ending)).toEqual({ out: '', err });
  });

  it('list the keys without an Asset before the end', () => {
    const skipped = [
      { key: 'a.mp3', reason: 'no room', unplayable: false },
      { key: 'b.mp3', reason: 'archived', unplayable: true },
      { key: 'c.ulaw', reason: 'not recognised', unplayable: false },
      { key: 'd', reason: 'not recognised', unplayable: false },
    ] as const;
    const { out } = print([], { status: 'done', report: { ...report, skipped } });
    expect(out.split('\n')).toEqual([
      '4 keys without an Asset:',
      '  a.mp3: the Build already holds as many Assets as Twilio allows (the proxy plays it as it is)',
      '  b.mp3: it is archived in S3 and must be restored first (callers hear its text)',
      '  c.ulaw: it was not recognised as MP3, WAV or AIFF, nor as anything else (the proxy plays it as it is)',
      '  d: it was not recognised as MP3, WAV or AIFF, nor as anything else (the proxy plays it if its Content-Type is audio)',
      'Assets equal S3: 1 prompt, 0 uploaded.',
      '',
    ]);
  });

  const manyKeys = Array.from({ length: 656 }, (_, index) => `${index}.mp3`);

  it('sum up keys without an Asset, of each reason that has more than ten', () => {
    const skipped = [
      { key: 'a.mp3', reason: 'archived', unplayable: true } as const,
      ...manyKeys.map((key) => ({ key, reason: 'no room', unplayable: false }) as const),
    ];
    const ending = { status: 'done', report: { ...report, skipped } } as const;
    expect(print([], ending).out.split('\n')).toEqual([
      '657 keys without an Asset:',
      '  a.mp3: it is archived in S3 and must be restored first (callers hear its text)',
      '  656 keys, such as 0.mp3: the Build already holds as many Assets as Twilio allows (the proxy plays it as it is)',
      '  --verbose lists them.',
      'Assets equal S3: 1 prompt, 0 uploaded.',
      '',
    ]);
    const verbose = (output: CommandContext) => lineReporter(output, 'sync', true);
    expect(print([], ending, verbose).out.split('\n')).toHaveLength(660);
  });

  it('count what the report of a deployment does not list', () => {
    const skipped = [{ key: 'a.mp3', reason: 'no room', unplayable: false } as const];
    const skippedCounts = [{ reason: 'no room', unplayable: false, count: 656 } as const];
    const ending = { status: 'done', report: { ...report, skipped, skippedCounts } } as const;
    expect(print([], ending).out).toContain('656 keys without an Asset:\n  656 keys, such as a');
    const verbose = (output: CommandContext) => lineReporter(output, 'sync', true);
    expect(print([], ending, verbose).out).toContain('and 655 more with the last reason\n');
  });

  it('list what a dry run would do, or sum it up', () => {
    const would = (step: 'upload' | 'retire', count: number): SyncEvent[] =>
      manyKeys.slice(0, count).map((what) => ({ type: 'intended', step, what }));
    const ending = { status: 'done', report } as const;
    const { out } = print([...would('upload', 656), ...would('retire', 2)], ending);
    expect(out.split('\n').slice(0, 3)).toEqual([
      'Would upload 656 prompts, such as 0.mp3; --verbose lists them',
      'Would remove 0.mp3',
      'Would remove 1.mp3',
    ]);
  });

  it('say what callers hear of an object that S3 does not give, and what S3 answered', () => {
    const skipped = [true, false].map(
      (unplayable) =>
        ({
          key: 'a.mp3',
          reason: 'unreadable',
          unplayable,
          detail: 'S3 answered 403 AccessDenied',
        }) as const,
    );
    const { out } = print([], { status: 'done', report: { ...report, skipped } });
    const why =
      '  a.mp3: S3 lists it and does not give it: look at its owner and its encryption. S3 answered 403 AccessDenied';
    expect(out).toContain(`${why} (callers hear its text)\n${why} (callers hear its earlier`);
    expect(out).toContain('Assets equal S3 but for what it does not give: 1 prompt, 0 uploaded.');
  });

  it.each(['Functions', '/voice'] as const)('name %s in red where no call is answered', (lacks) => {
    const { context, output } = createContext({ colors: true });
    lineReporter(context, 'sync').end({ status: 'done', report: { ...report, lacks } });
    expect(output.out).toBe('Assets equal S3: 1 prompt, 0 uploaded.\n');
    expect(output.err).toContain('\u001b[31m');
    expect(output.err).toContain(lacks);
    expect(output.err).toContain('no call is answered');
  });

  it('escape control characters in keys', () => {
    const key = '\u001b[31mred\r\n\u202egpj.mp3';
    const { out } = print([{ type: 'uploaded', key, path: '/x', bytes: 1 }]);
    expect(out).toBe('Uploaded \\u{1b}[31mred\\u{d}\\u{a}\\u{202e}gpj.mp3 (1 B)\n');
    const skipped = [{ key, reason: 'archived', unplayable: true } as const];
    expect(print([], { status: 'done', report: { ...report, skipped } }).out).toContain(
      '  \\u{1b}[31mred\\u{d}\\u{a}\\u{202e}gpj.mp3: it is archived',
    );
  });
});

describe('the JSON lines of a sync', () => {
  it('hold the events and the ending as they are', () => {
    const events = [planned({ keep: 1 }), { type: 'moved' } as const];
    const ending: Ending = { status: 'failed', message: 'two\nlines' };
    const { out, err } = print(events, ending, jsonReporter);
    const lines = out.split('\n').slice(0, -1);
    expect(lines.map((line) => JSON.parse(line))).toEqual([...events, ending]);
    expect(err).toBe('');
  });
});

it('each reason has words', () => {
  for (const words of Object.values(REASON_WORDS)) expect(words).toMatch(/^(it|its|the|S3) /);
});
