import { Command, InvalidArgumentError } from 'commander';
import { readAccount } from '../src/config';
import { PlayError } from '../src/errors';
import { IDLE_BUILD_MS, RACE_MS } from '../src/limits';
import { deployUnlessMoved } from '../src/sync';
import { findEnvironment } from '../src/twilio/environments';
import type { Build, Deployment } from '../src/twilio/resources';
import type { Serverless } from '../src/twilio/serverless';
import { commandDeadline, connectServerless } from './account';
import type { CommandContext } from './command-context';
import { formatWait } from './format';
import { addTargetOptions, targetWords } from './options';
import {
  changedSince,
  describeBuild,
  differenceLines,
  type Earlier,
  findEarlier,
  isLeftBySync,
  periodOf,
} from './rollback/earlier';
import { type ExitStatus, parseArguments, startCommand } from './run-command';
import { findTarget, type TargetOptions } from './target';
import { ENV_FILE, loadVariables } from './variables';

interface Options extends TargetOptions {
  /** ZB…; undefined is the code before the last deploy. */
  readonly build?: string;
  readonly env: string;
  readonly yes?: true;
}

const DESCRIPTION = `Makes an earlier Build live again: that which was live before the last deploy, or the one of --build. Shows both, and asks first. The next sync keeps its code, and brings the prompts of S3. Variables stay as they are.`;

const MORE = `
Twilio keeps a Build that is live nowhere for a day. After that, deploy the earlier code again.

Exit code:
  0  the earlier Build is live
  1  failed, or not agreed to; the message says what is live
  2  wrong usage or configuration
  4  a limit of Twilio's is reached: run it again later`;

function readOptions(args: readonly string[], context: CommandContext): Options {
  const command = new Command('npm run rollback --').description(DESCRIPTION);
  addTargetOptions(command)
    .option(
      '--build <sid>',
      'this Build (ZB…), instead of the one before the last deploy',
      readBuild,
    )
    .option('--env <file>', 'file with the account', ENV_FILE)
    .option('--yes', 'do not ask')
    .addHelpText('after', MORE);
  return parseArguments<Options>(command, args, context);
}

function readBuild(text: string): string {
  if (/^ZB[0-9a-f]{32}$/.test(text)) return text;
  throw new InvalidArgumentError('It has ZB and 32 hexadecimal digits.');
}

/** Where a Build is to become live again. */
interface Place {
  readonly twilio: Serverless;
  /** ZE… */
  readonly environmentSid: string;
  readonly live: Build;
  readonly deployments: readonly Deployment[];
  /** Reaches the Service anew, until epoch milliseconds. */
  readonly connect: (deadline: number) => Serverless;
}

async function run(options: Options, context: CommandContext): Promise<ExitStatus> {
  const { write, writeError, confirm } = context;
  const place = await look(options, context);
  const { twilio, environmentSid, live, deployments } = place;
  write(`Live now:  ${describeBuild(live, periodOf(live.sid, deployments))}\n`);
  if (options.build === live.sid) {
    write('Nothing to do: that Build is live.\n');
    return 'done';
  }
  const earlier = await choose(options.build, place);
  write(`Back to:   ${describeBuild(earlier.build, earlier.period)}\n`);
  for (const line of differenceLines(live, earlier.build)) write(`  ${line}\n`);
  const changed = changedSince(await twilio.variables(environmentSid), earlier.period);
  write(
    `Variables stay as they are.${changed.length === 0 ? '' : ` Set since then: ${changed.join(', ')}.`}\n`,
  );
  if (!options.yes && !(await confirm?.('Make that Build live?'))) {
    const how = confirm === undefined ? ' Give --yes to do it.' : '';
    writeError(`Nothing was changed: ${live.sid} is live.${how}\n`);
    return 'failed';
  }
  await activate(earlier.build, place, context);
  const environment = options.production ? '' : options.environment;
  const words = targetWords(environment, options.env);
  write(
    [
      `Build ${earlier.build.sid} is live.`,
      `To bring the prompts of S3, now or with the next /sync: npm run sync -- ${words}`,
      `To undo this: npm run rollback -- ${words} --build ${live.sid}`,
      '',
    ].join('\n'),
  );
  return 'done';
}

async function look(options: Options, { environment: shell }: CommandContext): Promise<Place> {
  const account = readAccount(loadVariables(options.env, shell));
  const target = findTarget(options, account.accountSid);
  const connect = (deadline: number) => connectServerless(account, target.service, deadline);
  const twilio = connect(commandDeadline());
  const { sid: environmentSid, buildSid } = await findEnvironment(twilio, target);
  if (buildSid === undefined) {
    throw new PlayError(
      `Nothing is live in the environment "${target.environment}" of ${target.service}: deploy the project first.`,
    );
  }
  const both = [twilio.build(buildSid), twilio.deployments(environmentSid)] as const;
  await Promise.allSettled(both);
  const [live, deployments] = await Promise.all(both);
  return { twilio, environmentSid, live, deployments, connect };
}

const GONE = `Twilio keeps a Build that is live nowhere for ${formatWait(IDLE_BUILD_MS)}. Check out the code of then, and run npm run deploy.`;

/** @throws {PlayError} when there is no such Build, or it cannot become live */
async function choose(
  wanted: string | undefined,
  { twilio, live, deployments }: Place,
): Promise<Earlier> {
  if (wanted !== undefined) {
    const build = await twilio.buildIfAny(wanted);
    if (build === undefined) throw new PlayError(`There is no Build ${wanted} any more. ${GONE}`);
    if (build.status !== 'completed') {
      throw new PlayError(`Build ${wanted} cannot become live: it is ${build.status}.`);
    }
    if (isLeftBySync(build, live, deployments)) {
      throw new PlayError(
        `Build ${wanted} was made by a sync and was never live: the next sync would bring back the code of now. Name one that was live; npm run status lists them.`,
      );
    }
    return { build, period: periodOf(wanted, deployments) };
  }
  const { found, deleted } = await findEarlier(deployments, live, (sid) => twilio.buildIfAny(sid));
  const lost = deleted.map((sid) => `Build ${sid} was live before, and is deleted. `).join('');
  if (found === undefined) {
    throw new PlayError(
      lost === ''
        ? 'No other code was live before: every Build since the first deploy has the code of now.'
        : `${lost}${GONE}`,
    );
  }
  return found;
}

/** @throws {PlayError} when another Build became live meanwhile */
async function activate(
  { sid }: Build,
  { environmentSid, live, deployments, connect }: Place,
  { clock, write }: CommandContext,
): Promise<void> {
  // A sync takes a second Deployment so soon after the first for one of another run, not for a rollback.
  const times = deployments
    .filter(({ buildSid }) => buildSid === sid)
    .map(({ createdAt }) => createdAt.getTime());
  const waitMs = Math.min(...times) + RACE_MS + 1000 - clock.now().getTime();
  if (times.length > 0 && waitMs > 0) {
    write(`It became live just now: waiting ${formatWait(waitMs)}, so that no sync undoes this.\n`);
    await clock.sleep(waitMs);
  }
  // From now on: a person may have taken long to agree.
  const deadline = commandDeadline();
  const target = { twilio: connect(deadline), environmentSid, clock, deadline };
  if ((await deployUnlessMoved(sid, live.sid, target)) === 'live') return;
  throw new PlayError(
    'Another Build became live meanwhile, by a sync or a deploy, and stays. Run the rollback again: it shows what is live.',
  );
}

export const rollback = { readOptions, run };

export const main = () => startCommand(rollback);
