import { hints } from './hints';
import type { Comparison, ParameterChange, Refusal } from './types';

/** Why the signature in the requested URL is not the one of the request that S3 got. */
export function mismatch(comparison: Comparison): Refusal | undefined {
  const clauses = differences(comparison);
  if (clauses.length === 0) return undefined;
  const because = `${sentenceList(clauses)}, and the signature covers all of that`;
  return refusal(because, hints(comparison));
}

/** Why a signature that arrived as it was made is wrong all the same. */
export function refusal(because: string, advice: readonly string[]): Refusal {
  return { status: 403, code: 'SignatureDoesNotMatch', because, advice };
}

function differences({ method, presigned, requested, path, parameters }: Comparison): string[] {
  const { added, removed, changed, repeated } = parameters;
  const altered = (changes: readonly ParameterChange[], what: string) =>
    changes.length === 0 ? [] : [`${counted(changes)} ${what}`];
  return [
    ...(method.presigned === method.requested
      ? []
      : [`it was presigned for ${method.presigned} and requested with ${method.requested}`]),
    ...(presigned.host === requested.host
      ? []
      : [`the host is ${requested.host} where ${presigned.host} was signed`]),
    ...(path.presigned === path.requested
      ? []
      : [`the path is ${path.requested} where ${path.presigned} was signed`]),
    ...altered(added, 'added to the query'),
    ...altered(removed, 'removed from the query'),
    ...altered(changed, 'changed'),
    ...altered(repeated, 'repeated'),
  ];
}

/** `27 parameters (Called, ToState, CallerCountry and 24 more) were` */
function counted(changes: readonly ParameterChange[]): string {
  const names = changes.map((each) => each.name);
  if (names.length === 1) return `the parameter ${names[0]} was`;
  const shown = names.length <= 4 ? names : [...names.slice(0, 3), `${names.length - 3} more`];
  return `${names.length} parameters (${sentenceList(shown)}) were`;
}

function sentenceList(items: readonly string[]): string {
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}
