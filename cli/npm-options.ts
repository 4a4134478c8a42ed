import type { Command, Option } from 'commander';
import { ConfigError } from '../src/errors';

/**
 * npm has options of these names, too: it sets `prefix` on many machines, and refuses values of both
 * that a verb accepts. So they are not checked.
 */
const NPM_OWN: readonly string[] = ['prefix', 'include'];

/** Options that npm stores under another name: it reads `--to` as an abbreviation, `--say` as -s -a -y. */
const NPM_NAMES: Readonly<Record<string, string>> = { to: 'token_description', say: 'all' };

/**
 * Refuses to start where npm kept options for itself, because they stood before `--`. Without them a
 * verb does something else: `npm run sync --dry-run` would sync. npm leaves each in the environment as
 * `npm_config_<name>`.
 * https://docs.npmjs.com/cli/using-npm/config#environment-variables
 *
 * @param command named as a person starts it, such as `npm run sync --`
 * @param args what npm passed on
 * @throws {ConfigError} with the line to type
 */
export function rejectOptionsTakenByNpm(
  command: Command,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = process.env,
): void {
  // npm sets it for every program that it starts; their children inherit it.
  if (environment.npm_lifecycle_event !== scriptOf(command)) return;
  const taken = command.options.flatMap((option) => {
    const value = takenValue(option, args, environment);
    if (value === undefined) return [];
    // npm treats an unknown option as a flag, and passes its value on.
    const valueIsMissing = !option.isBoolean() && value === 'true';
    return [
      { name: `--${option.name()}`, value: option.isBoolean() ? undefined : value, valueIsMissing },
    ];
  });
  if (taken.length === 0) return;
  const lost = taken.filter(({ valueIsMissing }) => valueIsMissing).length;
  const [first, ...others] = args;
  const fits = lost === 1 && first !== undefined;
  const words = taken.flatMap(({ name, value, valueIsMissing }) => {
    if (valueIsMissing) return [name, fits ? quoted(first) : '<value>'];
    return value === undefined ? [name] : [name, quoted(value)];
  });
  const rest = lost === 0 ? args : fits ? others : [];
  const line = [command.name(), ...words, ...rest.map(quoted)].join(' ');
  const names = taken.map(({ name }) => name).join(' and ');
  throw new ConfigError(
    `npm kept ${names} for itself, and nothing was done. Write:\n  ${line}\nWhat you did not type stands in npm's own configuration (npm config list)${names.includes('--production') ? ', or is NODE_ENV of this shell: then name an --environment' : ''}.`,
  );
}

/** `npm run sync --` is the script sync, `npm start --` is start. */
function scriptOf(command: Command): string | undefined {
  return command
    .name()
    .split(' ')
    .filter((word) => word !== '--')
    .at(-1);
}

function takenValue(
  option: Option,
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
): string | undefined {
  const name = option.name();
  if (NPM_OWN.includes(name)) return undefined;
  const isTyped = (option: string) =>
    args.some((word) => word === `--${option}` || word.startsWith(`--${option}=`));
  if (isTyped(name)) return undefined;
  // npm leaves no npm_config_production: it omits the packages for development, and says so.
  if (name === 'production') {
    const isNamed = ['environment', 'remote', 'url'].some(isTyped);
    return environment.NODE_ENV === 'production' && !isNamed ? 'true' : undefined;
  }
  const npmName = NPM_NAMES[name] ?? name.replaceAll('-', '_');
  const value = environment[`npm_config_${npmName}`];
  return option.isBoolean() && (value === '' || value === 'false') ? undefined : value;
}

/** As a shell reads it. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./<>-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
