import type { BuildAnswer, PlatformReport, SizeAnswer } from './platform';
import { type Place, type ProbeLog, SLOW_MS } from './probes';
import type { Alert, CallReport } from './test-call';

/** One question of docs/fidelity.md, and what this account answers. */
export interface Finding {
  readonly question: string;
  readonly answer: string;
}

const NOT_KNOWN = 'not known: the call did not come that far';

type Medium = Extract<ProbeLog, { kind: 'medium' }>;
type Fallback = Extract<ProbeLog, { kind: 'fallback' }>;

/** Whether the call came to the Functions, so that it showed anything. */
export function showsAnything({ status, probeLogs }: CallReport): boolean {
  return status === 'completed' && probeLogs.length > 0;
}

/** The report when no call was made. */
export const NO_CALL: CallReport = { status: 'completed', probeLogs: [], alerts: [] };

/** The findings of a test call. What it did not show is "not known": nothing is guessed. */
export function callFindings(report: CallReport): Finding[] {
  const { status, probeLogs, alerts } = report;
  if (status !== 'completed') {
    return [{ question: 'The test call', answer: `ended as ${status}: nothing was played` }];
  }
  const at = (place: Place) => probeLogs.filter(isMedium).find((it) => it.place === place);
  const about = (place: Place, describe: (medium: Medium) => string) => {
    const medium = at(place);
    return medium ? describe(medium) : NOT_KNOWN;
  };
  return [
    { question: 'Parameters appended in <Play>', answer: about('play', appended) },
    { question: 'Parameters appended in <Gather> › <Play>', answer: about('gather', appended) },
    { question: 'Parameters carried along by a redirect', answer: about('redirected', carried) },
    {
      question: 'User-Agent of media requests',
      answer: about('play', ({ userAgent }) => userAgent),
    },
    { question: 'Media requests of <Play> are signed', answer: about('play', signed) },
    { question: 'Media requests of <Gather> › <Play> are signed', answer: about('gather', signed) },
    { question: 'A protected Asset in <Play>', answer: played('protected', alerts) },
    {
      question: 'A protected Asset in <Gather> › <Play>',
      answer: played('protected-gather', alerts),
    },
    { question: 'Signatures with connection overrides', answer: overridden(report) },
    { question: 'Connection overrides of <Play>', answer: heeded(alerts) },
    { question: 'A medium that answers 403', answer: afterRefusal(report) },
  ];
}

const isMedium = (it: ProbeLog): it is Medium => it.kind === 'medium';
const isFallback = (it: ProbeLog): it is Fallback => it.kind === 'fallback';

const appended = ({ appended: names }: Medium) =>
  names.length === 0 ? 'none' : `${names.length}: ${names.join(', ')}`;
const carried = (medium: Medium) => (medium.carried ? 'yes' : 'no');
const signed = (medium: Medium) => (medium.signed ? 'yes' : 'no');

/** Whether the Functions' own check took the signature of a webhook whose URL has overrides. */
function overridden({ probeLogs }: CallReport): string {
  if (probeLogs.some(({ kind }) => kind === 'webhook')) return 'do not cover them';
  const fallback = probeLogs.filter(isFallback).find((it) => it.place === 'overrides');
  return fallback
    ? `may cover them: a protected Function is not asked, error ${fallback.errorCode}`
    : NOT_KNOWN;
}

/** Twilio's errors for a time limit. */
const TIMED_OUT = ['11203', '11205'];

/** Whether the slow medium was given up: an alert says so, as of the protected Assets. */
function heeded(alerts: readonly Alert[]): string {
  const code = alerts.find(({ place }) => place === 'slow')?.code ?? '';
  if (TIMED_OUT.includes(code)) return `are heeded: error ${code}`;
  const answer = played('slow', alerts);
  return answer === 'plays' ? `are not heeded: it waits ${SLOW_MS / 1000} s` : answer;
}

/**
 * An Asset leaves no log line; an alert shows that it was refused. The alert about the medium that
 * always answers 403 shows that alerts come at all.
 */
function played(place: Place, alerts: readonly Alert[]): string {
  const alert = alerts.find((candidate) => candidate.place === place);
  if (alert) return `does not play: error ${alert.code}`;
  return alerts.some((candidate) => candidate.place === 'forbidden')
    ? 'plays'
    : 'not known: no alert has come, not even the one that had to';
}

function afterRefusal({ probeLogs, alerts }: CallReport): string {
  const fallback = probeLogs.filter(isFallback).find((it) => it.place === 'forbidden');
  if (fallback) {
    const url = fallback.document ? "the document's URL" : "the medium's URL";
    return `reaches the fallback URL, with ErrorCode ${fallback.errorCode} and ${url} as ErrorUrl`;
  }
  if (probeLogs.some((it) => isMedium(it) && it.place === 'after-forbidden')) {
    return 'is skipped: the call goes on with the next verb';
  }
  if (probeLogs.some(({ kind }) => kind === 'end')) {
    return 'ends the document: the call goes on with the next one';
  }
  // The refusal leaves no log line, but an alert.
  return alerts.some(({ place }) => place === 'forbidden') ? 'ends the call' : NOT_KNOWN;
}

/** How large a Function's answer may be. */
export function sizeFinding(answers: readonly SizeAnswer[]): Finding {
  const question = 'Audio that a Function can answer with';
  if (answers.length === 0) return { question, answer: 'not known: it was not asked' };
  const megabytes = (bytes: number) => `${bytes / 1_000_000} MB`;
  const largest = answers.filter(({ outcome }) => outcome === 'whole').at(-1);
  const refused = answers.find(({ outcome }) => outcome !== 'whole');
  const upTo = largest ? `${megabytes(largest.bytes)} or more` : 'nothing';
  if (!refused) return { question, answer: upTo };
  return {
    question,
    answer: `${upTo}; ${megabytes(refused.bytes)} ${describeSize(refused.outcome)}`,
  };
}

export function describeSize(outcome: SizeAnswer['outcome']): string {
  if (typeof outcome === 'string') return `comes ${outcome}`;
  return 'status' in outcome ? `is answered ${outcome.status}` : outcome.error;
}

export function platformFindings({ handlers, runtimes }: PlatformReport): Finding[] {
  return [
    { question: 'Runtime handlers that Twilio takes', answer: describeBuilds(handlers) },
    { question: 'Runtimes that Twilio builds for', answer: describeBuilds(runtimes) },
  ];
}

function describeBuilds(answers: readonly BuildAnswer[]): string {
  const taken = answers.filter(({ outcome }) => outcome === 'taken').map(({ name }) => name);
  const refused = answers.flatMap(({ name, outcome }) =>
    typeof outcome === 'object' && 'code' in outcome ? [`${name} (${outcome.code})`] : [],
  );
  const unknown = answers.flatMap(({ name, outcome }) =>
    typeof outcome === 'object' && 'unknown' in outcome ? [`${name}: ${outcome.unknown}`] : [],
  );
  const parts = [
    taken.length > 0 ? taken.join(', ') : 'none of those asked for',
    refused.length > 0 && `not ${refused.join(', ')}`,
    unknown.length > 0 && `not known: ${unknown.join(' ')}`,
  ];
  return parts.filter(Boolean).join('; ');
}
