import { describe, expect, it } from '@jest/globals';
import type { CallEvent, CallSummary } from '../../../phone';
import { createTally, type PhaseRules, problemsOf, tallyTable } from '../../../sandbox/drill/tally';

const ORIGIN = 'https://rehearsal-1234-dev.twil.io';

const webhook = (path: string, milliseconds: number, errorCode?: number): CallEvent => ({
  kind: 'webhook',
  verb: 'voice',
  method: 'POST',
  url: `${ORIGIN}${path}`,
  failedAttempts: [],
  milliseconds,
  ...(errorCode !== undefined && { errorCode }),
});

const media = (path: string, milliseconds: number, status = 200): CallEvent => ({
  kind: 'media',
  verb: 'Play',
  url: `${ORIGIN}${path}`,
  mediaUrl: `${ORIGIN}${path}`,
  appended: 0,
  signed: false,
  redirects: [],
  loop: 1,
  bytes: 0,
  status,
  milliseconds,
  ...(status !== 200 && { errorCode: 11200, errorMessage: `${path} answered ${status}` }),
});

const verb = (name: string, text = ''): CallEvent => ({
  kind: 'verb',
  verb: name,
  attributes: {},
  text,
});

const ASSET = '/audio/welcome.0123.mp3';
const PROXY = '/audio?key=prompts%2Fwelcome.mp3';

const ended = (changes: Partial<CallSummary> = {}): CallSummary => ({
  callSid: `CA${'0'.repeat(32)}`,
  ended: 'Hangup',
  errorCodes: [],
  ...changes,
});

/** The row of a phase with one call. */
function rowOf(
  events: readonly CallEvent[],
  phase: PhaseRules = { name: 'phase' },
  end: CallSummary = ended(),
) {
  const tally = createTally();
  tally.beginPhase(phase);
  const call = tally.beginCall();
  for (const event of events) call.event(event);
  call.end(end);
  return tally.rows;
}

describe('what callers hear in a drill', () => {
  it('is an Asset, audio of the proxy or words', () => {
    const events = [
      webhook('/voice', 20),
      media(ASSET, 5),
      media(ASSET, 5),
      media(PROXY, 40),
      verb('Gather › Say', 'Press 1.'),
      verb('Gather'),
    ];
    expect(rowOf(events)).toMatchObject([
      { calls: 1, heard: { Asset: 2, proxy: 1, words: 1 }, failures: [] },
    ]);
  });

  it('is waited for, too, over what should have sounded and did not', () => {
    const rows = rowOf([webhook('/voice', 3000), media(PROXY, 2000, 503), media(ASSET, 30)]);
    expect(rows).toMatchObject([{ longestWaitMs: 5030 }]);
  });

  it('is waited for from one sound to the next, over all that fails in between', () => {
    const events = [
      webhook('/voice', 20),
      media(ASSET, 5),
      webhook('/menu', 5000, 11205),
      webhook('/fallback', 30),
      media(PROXY, 40),
      webhook('/menu', 20),
      media(ASSET, 5),
    ];
    const rows = rowOf(events);
    expect(rows).toMatchObject([{ longestWaitMs: 5070, failures: [] }]);
    expect(problemsOf(rows, 5070)).toEqual([]);
    expect(problemsOf(rows, 5000)).toEqual(['phase: a caller waited 5070 ms; 5000 is the most']);
  });

  it.each<[string, CallEvent[], string]>([
    ['a medium that fails', [webhook('/voice', 1), media(PROXY, 1, 503)], `${PROXY} answered 503`],
    [
      'TwiML that says nothing before a question',
      [webhook('/voice', 1), verb('Gather'), webhook('/menu', 1), verb('Say')],
      'nothing to hear came from /voice',
    ],
    [
      'TwiML that says nothing before the end',
      [webhook('/voice', 1), verb('Say'), webhook('/menu', 1), verb('Hangup')],
      'nothing to hear came from /menu',
    ],
  ])('has silence in it with %s', (_, events, reason) => {
    const rows = rowOf(events);
    expect(problemsOf(rows, 1000)).toEqual([`phase: silence: ${reason}`]);
  });

  it('has silence in it with an application error', () => {
    const rows = rowOf([], undefined, ended({ ended: 'application error', errorCode: 11200 }));
    expect(problemsOf(rows, 1000)).toEqual(['phase: silence: the call ended by an error, 11200']);
  });

  it('counts in the phase in which it is heard, and the call in the phase in which it begins', () => {
    const tally = createTally();
    tally.beginPhase({ name: 'first' });
    const call = tally.beginCall();
    call.event(webhook('/voice', 20));
    tally.beginPhase({ name: 'second' });
    call.event(media(PROXY, 40, 503));
    call.fail('cut');
    expect(tally.rows).toMatchObject([
      { calls: 1, failures: [] },
      { calls: 0, failures: [`${PROXY} answered 503`, 'cut'], longestWaitMs: 60 },
    ]);
    expect(problemsOf(tally.rows, 1000)).toContain('second: no call began');
  });

  it('may come by the proxy in old calls only, where new ones must hear Assets', () => {
    const tally = createTally();
    tally.beginPhase({ name: 'before' });
    const old = tally.beginCall();
    tally.beginPhase({ name: 'deploy', avoidsProxy: true });
    const young = tally.beginCall();
    old.event(media(PROXY, 1));
    young.event(media(ASSET, 1));
    expect(problemsOf(tally.rows, 1000)).toEqual([]);
    young.event(media(PROXY, 1));
    expect(problemsOf(tally.rows, 1000)).toEqual([
      'deploy: 1 prompts of new calls came by the proxy',
    ]);
  });

  it('may lack an Asset only where a phase may lose them, and nothing else', () => {
    const phase = { name: 'bare deploy', losesAssets: true } as const;
    const lost = rowOf([webhook('/menu', 1), media(ASSET, 1, 404)], phase);
    expect(lost).toMatchObject([{ lost: 1, failures: [] }]);
    expect(problemsOf(lost, 1000)).toEqual([]);
    expect(rowOf([media(ASSET, 1, 404)])).toMatchObject([
      { lost: 0, failures: [expect.any(String)] },
    ]);
    for (const event of [media(ASSET, 1, 500), media(PROXY, 1, 404)]) {
      expect(rowOf([event], phase)).toMatchObject([{ lost: 0, failures: [expect.any(String)] }]);
    }
  });

  it('is a table that fits 80 columns', () => {
    const rows = rowOf([webhook('/voice', 20), media(ASSET, 5)], {
      name: 'a name of 22 letters :',
    });
    const lines = tallyTable(rows).split('\n');
    expect(lines[1]).toMatch(/ 1 +1 +0 +0 +0 +0 +0\.0 s$/);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
  });
});
