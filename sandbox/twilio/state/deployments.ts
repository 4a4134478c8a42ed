import { conflict, invalid } from '../errors';
import { statusOf } from './builds';
import type { Build, Deployment, Environment, Service } from './records';
import { type State, stamp } from './state';

/**
 * Makes a Build live; without a Build SID the environment serves nothing from then on.
 * Throws 409 if that is so already, 400 if the Build is unknown or has not completed.
 * https://www.twilio.com/docs/serverless/api/resource/deployment
 */
export function deploy(
  state: State,
  service: Service,
  environment: Environment,
  buildSid: string | undefined,
): Deployment {
  const build = buildSid === undefined ? undefined : deployable(state, service, buildSid);
  const previous = environment.build;
  if (build === previous) throw conflict('Environment already has requested deployment.');

  const identity = stamp(state, 'ZD');
  const deployment: Deployment = {
    ...identity,
    buildSid: build?.sid ?? null,
    previousBuildSid: previous?.sid ?? null,
  };
  if (previous) previous.idleSince = identity.createdAt;
  environment.build = build;
  environment.hosted = undefined;
  environment.updatedAt = identity.createdAt;
  environment.deployments.set(deployment.sid, deployment);
  return deployment;
}

function deployable(state: State, service: Service, buildSid: string): Build {
  const build = service.builds.get(buildSid);
  if (!build) throw invalid(`Build ${buildSid} was not found in the Service.`);
  const status = statusOf(build, state.settings.now());
  if (status !== 'completed') throw invalid(`Build ${buildSid} is not completed: it is ${status}.`);
  return build;
}
