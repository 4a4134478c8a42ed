import type { createColors } from 'picocolors';
import prettyMilliseconds from 'pretty-ms';
import wrapAnsi from 'wrap-ansi';
import type { DiffLine, ParameterChange } from './compare';
import type { Explanation } from './explain';

type Colors = ReturnType<typeof createColors>;

const LABEL_WIDTH = 12;
const MARK = { both: ' ', presigned: '-', requested: '+' } as const;

export interface PrintOptions {
  readonly colors: Colors;
  /** Columns to wrap at. */
  readonly width: number;
  /** Whether the canonical requests are printed, too. */
  readonly verbose: boolean;
}

/** An explanation as text for a terminal: the answer first, then what to do, then the evidence. */
export function printExplanation(
  explanation: Explanation,
  { colors, width, verbose }: PrintOptions,
): string {
  const { refusals, notes, reason } = explanation;
  const [first] = refusals;
  const verdict = first
    ? colors.red(colors.bold(`REFUSED  ${first.status} ${first.code}`))
    : colors.green(colors.bold('ACCEPTED  as far as a URL tells'));
  const advice = [...new Set(refusals.flatMap((refusal) => refusal.advice))];
  const wrapped = (text: string) => wrapAnsi(text, width);
  const label = (name: string, text: string) => labelled(name, text, colors, width);

  return [
    verdict,
    wrapped(reason),
    advice.map((text, i) => label(i === 0 ? 'What to do' : '', text)).join('\n'),
    [...facts(explanation), ...notes.map((note) => ['Note', note] as const)]
      .map(([name, text]) => label(name, text))
      .join('\n'),
    verbose
      ? evidence(explanation, colors, wrapped)
      : colors.dim(wrapped('The canonical requests and their hashes: add --verbose.')),
  ]
    .filter((block) => block !== '')
    .join('\n\n')
    .concat('\n');
}

function facts(explanation: Explanation): [string, string][] {
  const { method, host, path, credential, parameters } = explanation;
  const changes: [string, readonly ParameterChange[]][] = [
    ['Added', parameters.added],
    ['Removed', parameters.removed],
    ['Changed', parameters.changed],
    ['Repeated', parameters.repeated],
  ];
  return [
    ['Method', sides(method)],
    ['Host', sides(host)],
    ['Path', sides(path)],
    ['Credential', sides(credential).replaceAll('%2F', '/')],
    ...lifeOf(explanation),
    ...changes
      .filter(([, list]) => list.length > 0)
      .map(([kind, list]): [string, string] => [kind, `${list.length}: ${names(list)}`]),
  ];
}

function sides({ presigned, requested }: Explanation['host']): string {
  return presigned === requested ? presigned : `${presigned} → ${requested || '(none)'}`;
}

function names(changes: readonly ParameterChange[]): string {
  return changes.map(({ name }) => name).join(', ');
}

function lifeOf({ validity: { from, until, at } }: Explanation): [string, string][] {
  if (from === undefined || until === undefined) {
    return [['Life', 'not to be read from the requested URL']];
  }
  const [start, end] = [new Date(from), new Date(until)];
  const length = formatDuration(end.getTime() - start.getTime());
  const span: [string, string] = ['Life', `${formatTime(start)} to ${formatTime(end)} (${length})`];
  if (at === undefined) return [span];
  const left = end.getTime() - new Date(at).getTime();
  const distance =
    left < 0 ? `${formatDuration(-left)} after its end` : `${formatDuration(left)} before its end`;
  return [span, ['Requested', `${formatTime(new Date(at))}, ${distance}`]];
}

function evidence(
  { diff, canonicalRequestHashes: hashes }: Explanation,
  colors: Colors,
  wrapped: (text: string) => string,
): string {
  const differs = diff.some((line) => line.in !== 'both');
  const title = differs
    ? 'The canonical requests: - presigned, + requested'
    : 'The canonical request of both';
  const paint = { both: colors.dim, presigned: colors.red, requested: colors.green };
  const lines = diff.map((line: DiffLine) => paint[line.in](`  ${MARK[line.in]} ${line.text}`));
  const digests = differs
    ? [`  - ${hashes.presigned}`, `  + ${hashes.requested}`]
    : [`    ${hashes.presigned}`];
  return [
    wrapped(`${title} (a line for each parameter of the query)`),
    ...lines,
    '',
    wrapped('Their SHA-256; the last line of <StringToSign> in S3’s error shows the one S3 made:'),
    ...digests,
  ].join('\n');
}

function labelled(name: string, text: string, colors: Colors, width: number): string {
  const [first = '', ...rest] = wrapAnsi(text, width - LABEL_WIDTH).split('\n');
  const indent = ' '.repeat(LABEL_WIDTH);
  return [colors.bold(name.padEnd(LABEL_WIDTH)) + first, ...rest.map((line) => indent + line)].join(
    '\n',
  );
}

/** In the two largest units, such as `3 days 2 hours`, `4 minutes`, `12 seconds`. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  return prettyMilliseconds(seconds * 1000, { verbose: true, unitCount: 2 });
}

/** `2013-05-24 00:00:00 UTC` */
export function formatTime(date: Date): string {
  return `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
