import { isLoopback } from '../../src/config';
import { ConfigError, PlayError } from '../../src/errors';
import { type Account, connect, findOrigin, readAccount } from '../account';
import { failureOf } from '../command-failure';
import type { CommandOutput } from '../command-line';
import { loadEnvironment } from '../environment';
import { findTarget } from '../target';
import { type NumberCommandOptions, readOptions } from './options';
import {
  differences,
  type Found,
  findNumber,
  pointsElsewhere,
  type Routing,
  route,
  routingTo,
} from './routing';

export interface Surroundings extends CommandOutput {
  /** Asks a person yes or no; undefined where there is none. */
  readonly agrees: ((question: string) => Promise<boolean>) | undefined;
}

/** The help has the list. */
export type ExitCode = 0 | 1 | 2;

/** Runs the command with the arguments that follow its name. */
export async function run(args: readonly string[], surroundings: Surroundings): Promise<ExitCode> {
  try {
    return await setNumber(readOptions(args, surroundings), surroundings);
  } catch (thrown) {
    const { exitCode, message } = failureOf(thrown);
    surroundings.writeError(message);
    return exitCode;
  }
}

async function setNumber(
  options: NumberCommandOptions,
  surroundings: Surroundings,
): Promise<ExitCode> {
  const { write } = surroundings;
  const account = readAccount(loadEnvironment(options.env));
  const client = connect(account);
  const origin = options.url ?? (await findOrigin(client, findTarget(options, account.accountSid)));
  refuseUnreachable(origin, account);
  const found = await findNumber(client, options.phone);
  const after = routingTo(origin);
  write(comparison(options.phone, found.routing, after));
  if (differences(found.routing, after).length === 0) {
    write('Nothing to do: calls to the number go there already.\n');
    return 0;
  }
  if (!(await isAgreed(found, after, options, surroundings))) return 1;
  return verify(await route(client, found, after), after, write);
}

/** Twilio's own servers cannot call this machine by its loopback name. */
function refuseUnreachable(origin: string, { apiOrigin }: Account): void {
  if (apiOrigin !== undefined || !isLoopback(new URL(origin).host)) return;
  throw new ConfigError(`Twilio cannot reach ${origin}: deploy the project, or give its --url.`);
}

async function isAgreed(
  { routing }: Found,
  after: Routing,
  { yes }: NumberCommandOptions,
  { agrees, writeError }: Surroundings,
): Promise<boolean> {
  if (yes || !pointsElsewhere(routing, after)) return true;
  const refused = 'Nothing was changed: calls to the number go somewhere else now.';
  if (agrees === undefined) {
    writeError(`${refused} Give --yes to change that.\n`);
    return false;
  }
  if (await agrees('Calls to the number go somewhere else now. Change that?')) return true;
  writeError(`${refused}\n`);
  return false;
}

function verify(now: Routing, after: Routing, write: CommandOutput['write']): ExitCode {
  const missed = differences(now, after);
  if (missed.length > 0) {
    throw new PlayError(
      `Twilio took the change, but not all of it: ${missed.join(', ')} differ. Look at the number in Twilio's console.`,
    );
  }
  write('Changed.\n');
  return 0;
}

const NAMES: Readonly<Record<keyof Routing, string>> = {
  voiceUrl: 'Voice URL',
  voiceMethod: 'its method',
  voiceFallbackUrl: 'Fallback URL',
  voiceFallbackMethod: 'its method',
  voiceApplicationSid: 'Application',
  trunkSid: 'Trunk',
};

/** Both routings, line by line. An application or a trunk shows where there is one only. */
function comparison(phone: string, before: Routing, after: Routing): string {
  const lines = Object.entries(NAMES).flatMap(([field, name]) => {
    const [old, now] = [Reflect.get(before, field), Reflect.get(after, field)];
    if (old === '' && now === '') return [];
    const label = `  ${name.padEnd(14)}`;
    return [`${label}${old === now ? old : `${old || '—'}  →  ${now || '—'}`}`];
  });
  return `${phone}\n${lines.join('\n')}\n`;
}
