import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { callSidOf, type LogEvent } from '../src/log';

const root = join(__dirname, '..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');

/** Every event: the compiler refuses one too few and one too many. */
const EVENTS: Readonly<Record<LogEvent, true>> = {
  'apology-said': true,
  'audio-failed': true,
  'audio-served': true,
  'credentials-not-refreshed': true,
  'fallback-asked': true,
  'function-failed': true,
  'manifest-unreadable': true,
  'no-audio-proxy': true,
  'object-not-verified': true,
  'objects-without-date': true,
  'prompt-said': true,
  'status-failed': true,
  'status-incomplete': true,
  'sync-done': true,
  'sync-failed': true,
  'sync-unfinished': true,
  'webhook-answered': true,
};

/** The rows of the table of log lines: event, level, and what is written of them. */
function documented(): { event: string; level: string; cells: string[] }[] {
  const [, section = ''] = /## Log lines\n(.*?)(?=\n## |$)/s.exec(read('docs/operating.md')) ?? [];
  return [...section.matchAll(/^\| `([a-z-]+)` \| ([a-z, ]+) \| (.*) \|$/gm)].map(
    ([, event = '', level = '', rest = '']) => ({ event, level, cells: rest.split(' | ') }),
  );
}

function sources(folder: string): string[] {
  const files = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  return files.filter((file) => file.endsWith('.ts')).map((file) => read(join(folder, file)));
}

describe('docs/operating.md', () => {
  test('explains every line that the Functions log, and no other', () => {
    expect(
      documented()
        .map(({ event }) => event)
        .sort(),
    ).toEqual(Object.keys(EVENTS).sort());
    for (const { cells } of documented()) {
      expect(cells).toHaveLength(3);
      for (const cell of cells) expect(cell).not.toBe('');
    }
  });

  test('names the level of each', () => {
    const code = ['src', 'functions'].flatMap(sources).join('\n');
    const calls = [...code.matchAll(/\blog\(\s*'(info|warn|error)',\s*'([a-z-]+)'/g)];
    expect(calls.length).toBeGreaterThan(12);
    const levels = new Map(documented().map(({ event, level }) => [event, level]));
    for (const [, level = '', event = ''] of calls)
      expect([event, levels.get(event)]).toEqual([event, level]);
  });
});

describe('the call of a request', () => {
  const CallSid = `CA${'0'.repeat(32)}`;

  test('is named by its SID', () => {
    expect(callSidOf({ CallSid })).toBe(CallSid);
  });

  test.each([undefined, '', 'CA', CallSid.slice(1), `${CallSid}0`, `${CallSid}\n`, [CallSid], {}])(
    'is not known by %j',
    (other) => {
      expect(callSidOf({ CallSid: other })).toBeUndefined();
    },
  );
});
