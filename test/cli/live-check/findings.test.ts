import { describe, expect, it } from '@jest/globals';
import {
  callFindings,
  NO_CALL,
  platformFindings,
  showsAnything,
  sizeFinding,
} from '../../../cli/live-check/findings';
import type { SizeAnswer } from '../../../cli/live-check/platform';
import { type Place, type ProbeLog, readProbeLogs } from '../../../cli/live-check/probes';
import type { CallReport } from '../../../cli/live-check/test-call';

const run = 'r';
const end: ProbeLog = { run, kind: 'end' };
const medium = (place: Extract<ProbeLog, { kind: 'medium' }>['place']): ProbeLog => ({
  run,
  kind: 'medium',
  place,
  appended: [],
  carried: false,
  signed: false,
  userAgent: 'TwilioProxy/1.1',
});

/** The answer of the finding whose question begins so. */
function answer(question: string, report: Partial<CallReport>): string | undefined {
  const findings = callFindings({ status: 'completed', probeLogs: [], alerts: [], ...report });
  return findings.find((finding) => finding.question.startsWith(question))?.answer;
}

describe('the findings of a test call', () => {
  it('are one line when nobody answered', () => {
    expect(callFindings({ status: 'no-answer', probeLogs: [end], alerts: [] })).toEqual([
      { question: 'The test call', answer: 'ended as no-answer: nothing was played' },
    ]);
  });

  it('are "not known" where no request came', () => {
    expect(answer('Parameters appended in <Play>', {})).toMatch(/^not known/);
    expect(answer('Parameters carried', { probeLogs: [medium('play')] })).toMatch(/^not known/);
  });

  it('leave protected Assets "not known" while no alert has come at all', () => {
    expect(answer('A protected Asset in <Play>', { probeLogs: [end] })).toMatch(/^not known/);
    const alerts = [{ code: '11200', place: 'forbidden' as const }];
    expect(answer('A protected Asset in <Play>', { alerts })).toBe('plays');
    const refused = [...alerts, { code: '11200', place: 'protected' as const }];
    expect(answer('A protected Asset in <Play>', { alerts: refused })).toMatch(/^does not play/);
    expect(answer('A protected Asset in <Gather>', { alerts: refused })).toBe('plays');
  });

  it('say what a webhook with connection overrides shows of signatures', () => {
    const question = 'Signatures with connection overrides';
    expect(answer(question, { probeLogs: [end] })).toMatch(/^not known/);
    const asked: ProbeLog = { run, kind: 'webhook', place: 'overrides' };
    expect(answer(question, { probeLogs: [asked] })).toBe('do not cover them');
    expect(answer(question, { probeLogs: [fallback(true)] })).toMatch(/^not known/);
    expect(answer(question, { probeLogs: [fallback(true, 'overrides')] })).toBe(
      'may cover them: a protected Function is not asked, error 11200',
    );
  });

  it('say what a slow medium with connection overrides shows of <Play>', () => {
    const question = 'Connection overrides of <Play>';
    expect(answer(question, { probeLogs: [medium('slow'), end] })).toMatch(/^not known/);
    const alerts = [{ code: '11200', place: 'forbidden' as const }];
    expect(answer(question, { alerts })).toBe('are not heeded: it waits 3 s');
    const given = [...alerts, { code: '11205', place: 'slow' as const }];
    expect(answer(question, { alerts: given })).toBe('are heeded: error 11205');
    const broken = [...alerts, { code: '11100', place: 'slow' as const }];
    expect(answer(question, { alerts: broken })).toBe('does not play: error 11100');
  });

  const fallback = (document: boolean, place: Place = 'forbidden'): ProbeLog => ({
    run,
    kind: 'fallback',
    place,
    document,
    errorCode: '11200',
  });
  it.each<[string, ProbeLog[], RegExp]>([
    ['the next verb', [medium('after-forbidden'), end], /^is skipped/],
    ['the next document', [end], /^ends the document/],
    ['the fallback URL', [fallback(false), end], /^reaches the fallback URL.*the medium's URL/],
    ['the fallback URL of the document', [fallback(true), end], /the document's URL as ErrorUrl/],
  ])('say that a refused medium leads to %s', (_, probeLogs, expected) => {
    expect(answer('A medium that answers 403', { probeLogs })).toMatch(expected);
  });
});

describe('a call of which nothing was heard', () => {
  it('has "not known" for every finding', () => {
    const answers = [...callFindings(NO_CALL), sizeFinding([])].map((finding) => finding.answer);
    expect(answers).toEqual(answers.map(() => expect.stringMatching(/^not known: /)));
    expect(showsAnything(NO_CALL)).toBe(false);
  });

  it('ends at a refused medium only if an alert says that it was refused', () => {
    const alerts = [{ code: '11200', place: 'forbidden' as const }];
    expect(answer('A medium that answers 403', { probeLogs: [medium('play')] })).toMatch(
      /^not known/,
    );
    expect(answer('A medium that answers 403', { probeLogs: [medium('play')], alerts })).toBe(
      'ends the call',
    );
  });
});

describe('the finding about sizes', () => {
  it.each<[SizeAnswer[], string]>([
    [[], 'not known: it was not asked'],
    [[{ bytes: 1e6, outcome: 'whole' }], '1 MB or more'],
    [
      [
        { bytes: 1e6, outcome: 'whole' },
        { bytes: 2e6, outcome: { status: 502 } },
      ],
      '1 MB or more; 2 MB is answered 502',
    ],
    [[{ bytes: 1e6, outcome: 'cut off' }], 'nothing; 1 MB comes cut off'],
    [
      [{ bytes: 1e6, outcome: { error: 'breaks off: socket hang up' } }],
      'nothing; 1 MB breaks off: socket hang up',
    ],
  ])('for %j is %s', (answers, expected) => {
    expect(sizeFinding(answers).answer).toBe(expected);
  });
});

describe('the log of the temporary Service', () => {
  it('is read without the lines of other runs and of Twilio', () => {
    const line = JSON.stringify(end);
    const other = JSON.stringify({ ...end, run: 'before' });
    expect(readProbeLogs([line, other, 'START', '{"kind":"end"}', '[]'], run)).toEqual([end]);
  });
});

describe('the findings about Builds', () => {
  const taken = (name: string) => ({ name, outcome: 'taken' as const });
  const refused = (name: string) => ({ name, outcome: { code: 20001 } });
  const unknown = (name: string) => ({ name, outcome: { unknown: 'Twilio answered 429.' } });

  it('list what Twilio takes, and what it refuses with which code', () => {
    const report = { handlers: [refused('2.1.0'), taken('2.0.1')], runtimes: [taken('node22')] };
    expect(platformFindings(report)).toEqual([
      { question: 'Runtime handlers that Twilio takes', answer: '2.0.1; not 2.1.0 (20001)' },
      { question: 'Runtimes that Twilio builds for', answer: 'node22' },
    ]);
    const none = { handlers: [refused('2.1.0')], runtimes: [taken('node22'), unknown('node18')] };
    expect(platformFindings(none).map(({ answer }) => answer)).toEqual([
      'none of those asked for; not 2.1.0 (20001)',
      'node22; not known: node18: Twilio answered 429.',
    ]);
  });
});
