import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { barReporter } from '../../../cli/sync/progress-bar';
import type { Ending } from '../../../cli/sync/run-sync';
import type { SyncEvent, SyncReport } from '../../../src/sync';

const report: SyncReport = { prompts: 3, uploaded: 1, remaining: 0, retained: 0, skipped: [] };
const planned: SyncEvent = {
  type: 'planned',
  keep: 0,
  upload: 3,
  bytes: 4_000_000,
  retain: 0,
  retire: 0,
  skip: 0,
  build: true,
};
const uploaded: SyncEvent = { type: 'uploaded', key: 'a', path: '/a', bytes: 2_000_000 };
const found: SyncEvent = { type: 'found', key: 'b', path: '/b', bytes: 1_500_000 };
const refused: SyncEvent = { type: 'refused', key: 'c', bytes: 5, reason: 'not audio' };
const building: SyncEvent = { type: 'building', buildSid: 'ZB', adopted: false };

/** Feeds a bar; a second passes before each event. */
function draw(events: readonly SyncEvent[], ending?: Ending) {
  const terminal = Object.assign(new PassThrough(), { isTTY: true, columns: 100 });
  const passedOn: string[] = [];
  let seconds = 0;
  const lines = {
    progress: ({ type }: SyncEvent) => passedOn.push(type),
    end: ({ status }: Ending) => passedOn.push(status),
  };
  const reporter = barReporter(lines, terminal, { now: () => new Date(seconds * 1000) });
  for (const event of events) {
    reporter.progress(event);
    seconds++;
  }
  if (ending) reporter.end(ending);
  return { drawn: String(terminal.read() ?? ''), passedOn };
}

/** The last state of the bar before it is cleared, and the line that stays. */
function last(drawn: string) {
  const bars = drawn.split('\u001b').flatMap((part) => /\[[= ]{20}\] .+/.exec(part)?.[0] ?? []);
  return { bar: bars.at(-1), line: /Uploaded .*\n/.exec(drawn)?.[0] };
}

describe('the progress bar', () => {
  it('shows files, bytes, and the speed of new uploads', () => {
    const { drawn, passedOn } = draw([planned, uploaded, found, refused, building]);
    expect(passedOn).toEqual(['planned', 'building']);
    expect(drawn).toContain('[                    ] 0/3 files · 0 B of 4 MB');
    expect(last(drawn)).toEqual({
      bar: '[====================] 3/3 files · 3.5 MB of 4 MB · 500 kB/s',
      line: 'Uploaded 3/3 files · 3.5 MB of 4 MB · 500 kB/s\n',
    });
  });

  it('is not drawn when there is nothing to upload', () => {
    const { drawn, passedOn } = draw([{ ...planned, upload: 0, bytes: 0 }], {
      status: 'done',
      report,
    });
    expect([drawn, passedOn]).toEqual(['', ['planned', 'done']]);
  });

  it('leaves no line when the sync waits before it uploads', () => {
    const waiting: SyncEvent = { type: 'waiting', for: 'quiet', milliseconds: 1000 };
    const { drawn, passedOn } = draw([planned, waiting]);
    expect(passedOn).toEqual(['planned', 'waiting']);
    expect(last(drawn).line).toBeUndefined();
  });

  it('is cleared, and the terminal is restored, when the sync ends during uploads', () => {
    const ending: Ending = { status: 'failed', message: 'no' };
    const { drawn, passedOn } = draw([planned, uploaded], ending);
    expect(passedOn).toEqual(['planned', 'failed']);
    expect(drawn).toContain('\u001b[2K');
    // Line wrapping, which the bar turns off.
    expect(drawn.lastIndexOf('\u001b[?7h')).toBeGreaterThan(drawn.lastIndexOf('\u001b[?7l'));
    expect(last(drawn).line).toContain('Uploaded 1/3 files');
  });

  it('ends the line in which the terminal has written ^C', () => {
    const { drawn, passedOn } = draw([], { status: 'interrupted', signal: 'SIGINT' });
    expect([drawn, passedOn]).toEqual(['\n', ['interrupted']]);
  });
});
