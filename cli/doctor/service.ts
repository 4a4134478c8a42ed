import { readAccount } from '../../src/config';
import {
  BUILD_ASSETS,
  BUILD_ASSETS_WARNING,
  MAX_PAGE_SIZE,
  RUNTIME,
  RUNTIME_HANDLER,
  RUNTIME_HANDLER_PACKAGE,
  RUNTIME_HANDLERS,
  RUNTIME_HANDLERS_PAGE,
  RUNTIMES,
  SERVICES,
  SERVICES_WARNING,
} from '../../src/limits';
import { lackOf, liveSince } from '../../src/sync';
import { findEnvironment } from '../../src/twilio/environments';
import { askTwilio } from '../../src/twilio/errors';
import type { Build, Deployment } from '../../src/twilio/resources';
import { connectServerless, readDeploymentVariables } from '../account';
import { formatCount, formatTime } from '../format';
import { targetWords } from '../options';
import { type DryRun, differenceOf, dryRun } from '../sync/dry-run';
import { LACK_WORDS } from '../sync/messages';
import { findTarget } from '../target';
import { listing } from './bucket';
import { both, check, type Finding, fail, from, ok, type Result, type Visit, warn } from './check';
import { configuration, envFile } from './configuration';

/** Checks of the Twilio account, and of what is live in the Service. */

/** The account, and the names of its Services. */
export const account = check('Twilio account', from(envFile), async ({ all }, { options }) => {
  const known = readAccount(all, `Set them in ${options.env}.`);
  // The library takes 110 ms to load.
  const { connect } = await import('../library');
  const services = await askTwilio('Listing the Services', () =>
    connect(known).serverless.v1.services.list({ pageSize: MAX_PAGE_SIZE }),
  );
  const by = known.credential.username.startsWith('SK') ? 'an API key' : 'its auth token';
  return ok(`${known.accountSid} by ${by}`, { ...known, services });
});

export const services = check('Services', from(account), (found, { options }) => {
  const { service } = findTarget(options, found.accountSid);
  const isThere = found.services.some(
    ({ sid, uniqueName }) => sid === service || uniqueName === service,
  );
  return judgeServices(found.services.length, isThere);
});

/** @param isThere whether the project's own is among them */
export function judgeServices(count: number, isThere: boolean): Finding {
  const counted = `${count} of ${SERVICES} that an account may have`;
  if (count < SERVICES_WARNING) return ok(counted);
  if (count >= SERVICES && !isThere) {
    return fail(`${counted}: the first deploy would be refused. Remove one that nobody needs.`);
  }
  return warn(`${counted}. Remove those that nobody needs.`);
}

/** The environment, as the options name it. */
export const environment = check('environment', from(account), async (known, { options }) => {
  const target = findTarget(options, known.accountSid);
  const twilio = connectServerless(known, target.service);
  const found = await findEnvironment(twilio, target);
  return ok(found.domainName, { ...found, target, twilio });
});

/** The command of a verb for this environment, to type. */
export function commandLine(verb: string, { options }: Visit): string {
  const { production, environment: suffix, env } = options;
  return `npm run ${verb} -- ${targetWords(production ? '' : suffix, env)}`;
}

export const liveBuild = check(
  'live Build',
  from(environment),
  async ({ sid, buildSid, twilio }, visit) => {
    if (buildSid === undefined) {
      return fail(`Nothing was ever deployed there. Run: ${commandLine('deploy', visit)}`);
    }
    const [build, deployments] = await Promise.all([
      twilio.build(buildSid),
      twilio.deployments(sid),
    ]);
    return judgeBuild(build, deployments);
  },
);

function judgeBuild(build: Build, deployments: readonly Deployment[]): Result<Build> {
  const lack = lackOf(build);
  if (lack !== undefined) return fail(LACK_WORDS[lack], build);
  const since = liveSince(build.sid, deployments);
  const time = since ? ` since ${formatTime(since)}` : '';
  return ok(`${build.sid}${time}`, build);
}

/** Twilio may leave out the slash at the beginning. */
export function pathsOf(functions: Build['functions']): string[] {
  return functions.map(({ path }) => path.replace(/^\/?/, '/'));
}

export const runtime = check('runtime', from(liveBuild), (build) => judgeRuntime(build));

/** Twilio builds for few runtimes, and with few versions of its handler. */
export function judgeRuntime({
  runtime,
  dependencies,
}: Pick<Build, 'runtime' | 'dependencies'>): Finding {
  const handler = dependencies.find(({ name }) => name === RUNTIME_HANDLER_PACKAGE)?.version;
  const problems = [
    ...(isOneOf(RUNTIMES, runtime)
      ? []
      : [
          `Twilio does not build for ${runtime} any more: set runtime to '${RUNTIME}' in .twilioserverlessrc, and deploy.`,
        ]),
    ...(handler === undefined || isOneOf(RUNTIME_HANDLERS, handler)
      ? []
      : [
          `Twilio's list (${RUNTIME_HANDLERS_PAGE}) does not have ${RUNTIME_HANDLER_PACKAGE} ${handler}. Run npm install --save-exact ${RUNTIME_HANDLER_PACKAGE}@${RUNTIME_HANDLER}, and deploy.`,
        ]),
  ];
  if (problems.length > 0) return fail(problems.join('\n'));
  return ok(`${runtime}, runtime handler ${handler ?? "of Twilio's choice"}: on Twilio's list`);
}

function isOneOf(list: readonly string[], item: string): boolean {
  return list.includes(item);
}

export const assets = check('Assets', from(liveBuild), (build) =>
  judgeAssets(build.assets.filter(({ visibility }) => visibility !== 'private').length),
);

/** @param count public and protected ones in the live Build */
export function judgeAssets(count: number): Finding {
  const counted = `${count} of ${BUILD_ASSETS} that a Build may have`;
  if (count < BUILD_ASSETS_WARNING) return ok(counted);
  return warn(
    `${counted}; prompts without room go through the proxy. SYNC_INCLUDE selects those that need to be Assets.`,
  );
}

export const inSync = check(
  'Assets and S3',
  both(both(from(envFile), from(configuration)), both(from(listing), from(liveBuild))),
  async ([[{ all }]], visit) => {
    const found = readDeploymentVariables(all);
    const target = findTarget(visit.options, found.account.accountSid);
    return judgeDryRun(await dryRun(found, target), commandLine('sync', visit));
  },
);

/** @param command that syncs */
function judgeDryRun(found: DryRun, command: string): Finding {
  const { status, report } = found.outcome;
  if (status !== 'done') return warn('Twilio limits requests: run this again later.');
  const difference = differenceOf(found);
  if (difference !== undefined) return warn(`${difference}. Run: ${command}`);
  const { prompts, skipped } = report;
  const others = skipped.length > 0 ? `, ${formatCount(skipped.length, 'key')} without one` : '';
  return ok(`equal: ${formatCount(prompts, 'prompt')}${others}`);
}
