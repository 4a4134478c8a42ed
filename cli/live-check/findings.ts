import type { Alert, CallReport } from './call';
import type { Fallback, Medium, Observation } from './observations';
import type { SizeProbe } from './size';
import type { Place } from './steps';

/** One question of docs/fidelity.md, and what this account answers. */
export interface Finding {
  readonly question: string;
  readonly answer: string;
}

const NOT_KNOWN = 'not known: the call did not come that far';

/** What a test call tells. Pure: no answer is better than a guess. */
export function callFindings({ status, observations, alerts }: CallReport): Finding[] {
  if (status !== 'completed') {
    return [{ question: 'The test call', answer: `ended as ${status}: nothing was played` }];
  }
  const at = (place: Place) => observations.find((it) => isMedium(it) && it.place === place);
  const about = (place: Place, tell: (medium: Medium) => string) => {
    const medium = at(place);
    return medium?.kind === 'medium' ? tell(medium) : NOT_KNOWN;
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
    { question: 'A medium that answers 403', answer: afterRefusal(observations) },
  ];
}

const isMedium = (it: Observation): it is Medium => it.kind === 'medium';
const isFallback = (it: Observation): it is Fallback => it.kind === 'fallback';

const appended = ({ appended: names }: Medium) =>
  names.length === 0 ? 'none' : `${names.length}: ${names.join(', ')}`;
const carried = (medium: Medium) => (medium.carried ? 'yes' : 'no');
const signed = (medium: Medium) => (medium.signed ? 'yes' : 'no');

/**
 * An Asset leaves no log line: that it was refused shows in an alert. Whether alerts come at all
 * shows in the one about the medium that answers 403 for certain.
 */
function played(place: Place, alerts: readonly Alert[]): string {
  const alert = alerts.find((candidate) => candidate.place === place);
  if (alert) return `does not play: error ${alert.code}`;
  return alerts.some((candidate) => candidate.place === 'forbidden')
    ? 'plays'
    : 'not known: no alert has come, not even the one that had to';
}

function afterRefusal(observations: readonly Observation[]): string {
  const fallback = observations.find((it) => isFallback(it) && it.place === 'forbidden');
  if (fallback?.kind === 'fallback') {
    const url = fallback.document ? "the document's URL" : "the medium's URL";
    return `reaches the fallback URL, with ErrorCode ${fallback.errorCode} and ${url} as ErrorUrl`;
  }
  if (observations.some((it) => isMedium(it) && it.place === 'after-forbidden')) {
    return 'is skipped: the call goes on with the next verb';
  }
  return observations.some(({ kind }) => kind === 'end')
    ? 'ends the document: the call goes on with the next one'
    : 'ends the call';
}

/** How large a Function's answer may be. */
export function sizeFinding(probes: readonly SizeProbe[]): Finding {
  const question = 'Audio that a Function can answer with';
  const megabytes = (bytes: number) => `${bytes / 1_000_000} MB`;
  const largest = probes.filter(({ outcome }) => outcome === 'whole').at(-1);
  const refused = probes.find(({ outcome }) => outcome !== 'whole');
  const upTo = largest ? `${megabytes(largest.bytes)} or more` : 'nothing';
  if (!refused) return { question, answer: upTo };
  return { question, answer: `${upTo}; ${megabytes(refused.bytes)} ${inWords(refused.outcome)}` };
}

function inWords(outcome: SizeProbe['outcome']): string {
  if (typeof outcome === 'string') return `comes ${outcome}`;
  return 'status' in outcome ? `is answered ${outcome.status}` : outcome.error;
}
