import { systemClock } from '../../src/clock';
import { messageOf } from '../../src/errors';
import { findEnvironmentIfAny } from '../../src/twilio/environments';
import { commandDeadline, connectServerless } from '../account';
import type { CommandContext } from '../command-context';
import { targetWords } from '../options';
import { detailsOf, type ExitStatus, failureStatusOf } from '../run-command';
import { sync } from '../sync';
import { exitStatusOf, printRun, syncHere } from '../sync/run-sync';
import { findTarget } from '../target';
import { obtainEnvironment, removeStaging, STAGING } from './environments';
import type { Prepared } from './prepare';
import { adviceOnRefusal, deployWithToolkit, type ToolkitResult } from './toolkit';
import { VariableSetter } from './variable-setter';

/**
 * Lets the toolkit build where no caller is, and makes one Build of the code and the prompts live. If that
 * fails, it says what is live.
 */
export async function publish(prepared: Prepared, context: CommandContext): Promise<ExitStatus> {
  const { writeError } = context;
  context.interruption().then(() => writeError('Stopping …\n'));
  let setter: VariableSetter | undefined;
  let status: ExitStatus;
  try {
    const built = await buildBeside(prepared, context);
    status = built.status;
    if (built.status === 'done') {
      const { serviceSid, buildSid } = built.staged;
      setter = await prepareVariables(prepared, serviceSid);
      status = await activate(prepared, serviceSid, buildSid, setter, context);
    }
  } catch (thrown) {
    const failure = failureStatusOf(thrown);
    // The exit code of `misconfigured` means that nothing was deployed.
    status = failure === 'misconfigured' ? 'failed' : failure;
    writeError(`${detailsOf(thrown)}\n`);
  }
  if (status !== 'done') writeError(`${await whatIsLive(prepared, setter)}\n`);
  return status;
}

/** Lets the toolkit build in an environment of its own, which is removed again. */
async function buildBeside(prepared: Prepared, context: CommandContext): Promise<ToolkitResult> {
  const { account, target } = prepared;
  const { credential } = account;
  context.write(`Building beside what is live, in the environment ${STAGING} …\n`);
  const options = { credential, service: target.service, environment: STAGING };
  const built = await deployWithToolkit(options, context);
  const left = await removeStaging(connectServerless(account, serviceOf(prepared)));
  if (left !== undefined) context.writeError(`${left}\n`);
  const advice = built.status === 'done' ? undefined : adviceOnRefusal(built.errors);
  if (advice !== undefined) context.writeError(`${advice}\n`);
  return built;
}

/** As it is now: before the first deploy there was none. */
function serviceOf({ account, target: { environment } }: Prepared): string {
  return findTarget({ environment }, account.accountSid).service;
}

async function prepareVariables(
  { account, target, changes }: Prepared,
  serviceSid: string,
): Promise<VariableSetter> {
  const connect = (deadline: number) => connectServerless(account, serviceSid, deadline);
  const deadline = commandDeadline();
  const { environment } = target;
  const { sid } = await obtainEnvironment(connect(deadline), environment, deadline);
  return new VariableSetter(changes, { connect, environmentSid: sid, clock: systemClock });
}

async function activate(
  { target, force, variables, replaces }: Prepared,
  serviceSid: string,
  buildSid: string,
  setter: VariableSetter,
  context: CommandContext,
): Promise<ExitStatus> {
  const args = ['--service', serviceSid, '--environment', target.environment];
  const options = sync.readOptions(force ? [...args, '--force'] : args, context);
  const code = { buildSid, replaces };
  const begin = () => setter.around(syncHere(options, variables, code));
  const status = exitStatusOf(await printRun(begin, options, 'deploy', context));
  return status === 'misconfigured' ? 'failed' : status;
}

/** What callers hear after a deploy that did not end well, and what to do. */
async function whatIsLive(prepared: Prepared, setter: VariableSetter | undefined): Promise<string> {
  const { account, target, env } = prepared;
  try {
    const twilio = connectServerless(account, serviceOf(prepared));
    const live = (await findEnvironmentIfAny(twilio, target))?.buildSid;
    // Its Deployment may have succeeded though no answer came: then its code needs what was set.
    if (!hasDeployed(live, setter)) await setter?.undo();
    return describeLive(live, prepared, setter);
  } catch (thrown) {
    const words = targetWords(target.environment, env);
    return `${messageOf(thrown)} It is not known which Build is live. To see it: npm run status -- ${words}`;
  }
}

type Progress = Pick<VariableSetter, 'buildSid' | 'isActivated' | 'unset'>;

function hasDeployed(live: string | undefined, progress: Progress | undefined) {
  if (progress?.buildSid === undefined) return false;
  return progress.isActivated || live === progress.buildSid;
}

/**
 * @param live the live Build: ZB…
 * @param progress undefined before any variable was to be set
 */
export function describeLive(
  live: string | undefined,
  { target, before, env }: Pick<Prepared, 'target' | 'before' | 'env'>,
  progress: Progress | undefined,
): string {
  if (progress && hasDeployed(live, progress)) {
    const { buildSid, unset } = progress;
    const words = targetWords(target.environment, env);
    const isLive = live === buildSid;
    const code = isLive
      ? `Build ${live} is live, with the new code`
      : `Build ${buildSid} became live with the new code, and since then ${live === undefined ? 'nothing' : `Build ${live}`} is live`;
    if (unset.length > 0) {
      return `${code}. These variables may still be as they were: ${unset.join(', ')}. To set them, run this deploy again.`;
    }
    const then = isLive
      ? `To finish: npm run sync -- ${words}`
      : `To see what it is: npm run status -- ${words}`;
    return `${code}${isLive ? ' and' : ', with'} the variables of ${env}. ${then}`;
  }
  if (live === undefined) return 'Nothing is live.';
  if (live === before?.buildSid) {
    return `Build ${live} is still live, with its variables: callers hear what they heard before.`;
  }
  return `Build ${live} became live meanwhile, and stays. Nothing of this deploy is live: run it again.`;
}
