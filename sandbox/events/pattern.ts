import { isRecord } from '../../src/record';

/**
 * Whether an event matches a pattern of EventBridge: each field of the pattern is in the event, with one of
 * the values that the pattern lists.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 *
 * @throws {Error} for an operator other than `prefix`: the project's template has no other
 */
export function matchesPattern(
  pattern: Readonly<Record<string, unknown>>,
  event: unknown,
): boolean {
  return Object.entries(pattern).every(([name, wanted]) => {
    const value = isRecord(event) ? event[name] : undefined;
    if (Array.isArray(wanted)) return wanted.some((one) => matchesValue(one, value));
    if (isRecord(wanted)) return matchesPattern(wanted, value);
    throw new Error(`A pattern lists values, and ${name} has none.`);
  });
}

function matchesValue(wanted: unknown, value: unknown): boolean {
  if (typeof wanted === 'string') return wanted === value;
  if (isRecord(wanted) && typeof wanted.prefix === 'string' && Object.keys(wanted).length === 1) {
    return typeof value === 'string' && value.startsWith(wanted.prefix);
  }
  throw new Error(`The stand-in for EventBridge does not know ${JSON.stringify(wanted)}.`);
}
