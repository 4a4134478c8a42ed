import type { Parameter } from '../src/sigv4';
import type { Mask } from './mask';
import type { ParameterChange, ParameterChanges } from './types';
import type { SentUrl } from './url';

/** Compares two queries as S3 reads them: by name and value, whatever their order and spelling. */
export function compareParameters(
  presigned: SentUrl,
  requested: SentUrl,
  mask: Mask,
): ParameterChanges {
  const before = valuesByName(presigned.parameters);
  const after = valuesByName(requested.parameters);
  const names = [...new Set([...before.keys(), ...after.keys()])];
  const changes = names.map((name) => change(name, before.get(name), after.get(name)));
  const masked = (kind: Kind): ParameterChange[] =>
    changes
      .filter((each) => each.kind === kind)
      .map(({ name, presigned, requested }) => ({
        name: mask.text(name),
        presigned: presigned.map((value) => mask.value(name, value)),
        requested: requested.map((value) => mask.value(name, value)),
      }));
  const order = (values: ReadonlyMap<string, unknown>) =>
    String([...values.keys()].filter((name) => before.has(name) && after.has(name)));
  return {
    added: masked('added'),
    removed: masked('removed'),
    changed: masked('changed'),
    repeated: masked('repeated'),
    reordered: order(before) !== order(after),
    respelled: respelled(presigned, requested).map((name) => mask.text(name)),
  };
}

type Kind = 'same' | 'added' | 'removed' | 'changed' | 'repeated';

function change(
  name: string,
  presigned: readonly string[] = [],
  requested: readonly string[] = [],
) {
  return { name, presigned, requested, kind: kindOf(presigned, requested) };
}

function kindOf(presigned: readonly string[], requested: readonly string[]): Kind {
  if (presigned.length === 0) return 'added';
  if (requested.length === 0) return 'removed';
  if (String([...presigned].sort()) === String([...requested].sort())) return 'same';
  const within = (some: readonly string[], all: readonly string[]) =>
    some.every((value) => all.includes(value));
  const sameValues = within(presigned, requested) && within(requested, presigned);
  return sameValues && requested.length > presigned.length ? 'repeated' : 'changed';
}

function valuesByName(parameters: readonly Parameter[]): Map<string, string[]> {
  const values = new Map<string, string[]>();
  for (const [name, value] of parameters) {
    const earlier = values.get(name);
    if (earlier) earlier.push(value);
    else values.set(name, [value]);
  }
  return values;
}

/** Names of parameters that are the same to S3 and not the same bytes. */
function respelled(presigned: SentUrl, requested: SentUrl): string[] {
  const spellings = new Set(presigned.query.split('&'));
  const meanings = new Set(presigned.parameters.map(String));
  const pieces = requested.query.split('&').filter((piece) => piece !== '');
  return requested.parameters
    .filter((each, i) => meanings.has(String(each)) && !spellings.has(pieces[i] ?? ''))
    .map(([name]) => name);
}
