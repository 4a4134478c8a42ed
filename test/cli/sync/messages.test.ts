import { describe, expect, it } from '@jest/globals';
import type { CommandOutput } from '../../../cli/command-context';
import {
  jsonReporter,
  lineReporter,
  REASON_WORDS,
  type Reporter,
} from '../../../cli/sync/messages';
import type { Ending } from '../../../cli/sync/run-sync';
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
  createReporter: (output: CommandOutput) => Reporter = (output) => lineReporter(output, 'sync'),
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
      'Plan: 1 to keep, 2 to upload (1.25 MB), 3 to retain for calls in progress, 4 to retire, 5 to skip, a Build to make',
    ],
    [{ type: 'intended', step: 'upload', what: 'p/a b.mp3' }, 'Would upload p/a b.mp3'],
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
      'The deployment is not finished, the bucket is still changing, 2 prompts to upload: calling again in 1 second',
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

  it('escape control characters in keys', () => {
    const key = '\u001b[31mred\r\n\u202egpj.mp3';
    const { out } = print([{ type: 'uploaded', key, path: '/x', bytes: 1 }]);
    expect(out).toBe('Uploaded \\u{1b}[31mred\\u{d}\\u{a}\\u{202e}gpj.mp3 (1 B)\n');
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
