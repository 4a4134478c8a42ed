import { ConfigError } from '../../src/errors';
import { VARIABLE_VALUE_BYTES, VARIABLES_BYTES } from '../../src/limits';
import type { Variable } from '../../src/twilio/resources';
import { credentialVariables, syncVariables } from '../../src/variables';
import { COMMAND_LINE_VARIABLES } from '../variables';

/** Names and values. */
export type Values = Readonly<Record<string, string>>;

/** Key id and secret, which Functions prefer to the two of them. */
const KEY_PAIR = 'S3_ACCESS_KEY';
const KEY_ID = 'S3_ACCESS_KEY_ID';
const KEY_SECRET = 'S3_SECRET_ACCESS_KEY';

/** What Twilio gives a Function itself. */
const OF_TWILIO = ['SERVICE_SID', 'ENVIRONMENT_SID', ...COMMAND_LINE_VARIABLES];

/** Names that are this project's own. Others may be of a user's Functions, and stay as they are. */
const OWN: readonly string[] = [
  ...Object.keys(syncVariables()),
  ...Object.keys(credentialVariables),
  'OPERATOR_NUMBER',
].filter((name) => !OF_TWILIO.includes(name));

export function valuesOf(variables: readonly Variable[]): Values {
  return Object.fromEntries(variables.map(({ key, value }) => [key, value]));
}

/** The steps in which an environment's variables become those of the file. */
export interface VariableChanges {
  /** Before the new Build is live. */
  readonly before: Values;
  /** Right after it: first this, then the others at once, and in the end what is removed. */
  readonly first: Values;
  readonly after: Values;
  readonly remove: readonly string[];
}

/**
 * The variables of a file that are deployed: those that the toolkit deploys.
 *
 * @param file names and values
 */
export function deployedVariables(file: Values): Values {
  return Object.fromEntries(
    Object.entries(file).filter(
      ([name, value]) => value !== '' && !COMMAND_LINE_VARIABLES.includes(name),
    ),
  );
}

/**
 * The order in which variables change. Twilio gives a change to the next request, whichever Build is
 * live, so that for a moment old code may meet new values or new code old ones.
 *
 * | a variable | changes | because |
 * |---|---|---|
 * | is new | before the Build is live | old code does not know it, new code may need it |
 * | has another value | right after | a deploy that fails before has changed nothing |
 * | says where S3 is or how to get at it, and is new beside others | right after | old code knows it, and may not work with a part of them |
 * | is not in the file, and ours | in the end | old code may need it |
 *
 * A new access key is two variables, between whose changes no key would be valid: so S3_ACCESS_KEY, which
 * goes before both, gets the new pair first, and is removed in the end unless the file has it.
 *
 * @param current those of the environment
 * @param wanted those of the file
 * @param isLive whether there is code that may be asked meanwhile
 */
export function planVariables(current: Values, wanted: Values, isLive: boolean): VariableChanges {
  const remove = Object.keys(current).filter((name) => OWN.includes(name) && !(name in wanted));
  const changed = Object.entries(wanted).filter(([name, value]) => current[name] !== value);
  const isNew = ([name]: [string, string]) => !(name in current);
  const usesS3 = isLive && 'S3_BUCKET' in current;
  const isEarly = (entry: [string, string]) =>
    !isLive || (isNew(entry) && !(usesS3 && entry[0].startsWith('S3_')));
  const early = changed.filter(isEarly);
  const late = changed.filter((entry) => !isEarly(entry));
  const first = usesS3 ? firstOf(current, wanted) : {};
  return {
    before: Object.fromEntries(early),
    first,
    after: Object.fromEntries(late.filter(([name]) => !(name in first))),
    remove: [...new Set([...remove, ...Object.keys(first)])].filter((name) => !(name in wanted)),
  };
}

/** The access key, if it changes. */
function firstOf(current: Values, wanted: Values): Values {
  const [id, secret] = [wanted[KEY_ID], wanted[KEY_SECRET]];
  const pair = wanted[KEY_PAIR] ?? (id && secret && `${id}:${secret}`);
  const before = current[KEY_PAIR] ?? `${current[KEY_ID]}:${current[KEY_SECRET]}`;
  if (pair === undefined) return {};
  return pair === before && KEY_PAIR in current === KEY_PAIR in wanted ? {} : { [KEY_PAIR]: pair };
}

/**
 * Refuses what Twilio would refuse in the middle of a deploy.
 *
 * @param env the file
 * @throws {ConfigError} with names and sizes, never a value
 */
export function checkSizes(
  current: Values,
  wanted: Values,
  { before, first, after }: VariableChanges,
  env: string,
): void {
  const tooLong = tooLongIn(wanted);
  if (tooLong.length > 0) {
    const names = tooLong.map(({ name, bytes }) => `${name} (${bytes})`).join(', ');
    throw new ConfigError(
      `Twilio takes ${VARIABLE_VALUE_BYTES} bytes for the value of a variable, and ${env} has more for ${names}.`,
    );
  }
  // All at once, as they are before the old ones are removed.
  const together = { ...current, ...before, ...first, ...after };
  const bytes = sizeOf(together);
  if (bytes <= VARIABLES_BYTES) return;
  const largest = Object.entries(together)
    .map(([name, value]) => ({ name, bytes: Buffer.byteLength(value) }))
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, 3)
    .map(({ name, bytes }) => `${name} (${bytes})`);
  throw new ConfigError(
    `Twilio takes ${VARIABLES_BYTES} bytes for all variables of an environment. Those of ${env}, and what the environment has beside them, are ${bytes}. The largest: ${largest.join(', ')}.`,
  );
}

/** Those whose values Twilio refuses. */
export function tooLongIn(values: Values): { readonly name: string; readonly bytes: number }[] {
  return Object.entries(values)
    .map(([name, value]) => ({ name, bytes: Buffer.byteLength(value) }))
    .filter(({ bytes }) => bytes > VARIABLE_VALUE_BYTES);
}

/** As Twilio counts them. https://www.twilio.com/docs/api/errors/82006 */
export function sizeOf(values: Values): number {
  return Buffer.byteLength(JSON.stringify(values));
}
