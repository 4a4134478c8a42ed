import { type Request, Router } from 'express';
import * as v from 'valibot';
import type { HostedBuild, HostedFile } from '../hosted-build';
import { type Build, statusOf } from './builds';
import { type Environment, environmentOf, environmentUrl, findEnvironment } from './environments';
import { conflict, invalid } from './errors';
import { readForm, sid } from './forms';
import { created, dates, endpoint, identity } from './http';
import { listPage } from './paging';
import { type Service, serviceOf } from './services';
import { type Resource, type State, stamp } from './state';
import { variablesOf } from './variables';
import type { FileVersion } from './versions';

/** A Build became live. */
export interface Deployment extends Resource {
  readonly buildSid: string;
}

const newDeployment = v.object({ BuildSid: sid('ZB') });

/** https://www.twilio.com/docs/serverless/api/resource/deployment */
export function deploymentRoutes(state: State): Router {
  const open = (request: Request) => {
    const service = serviceOf(state, request);
    const environment = environmentOf(service, request);
    const url = environmentUrl(request, service, environment);
    const view = (deployment: Deployment) => ({
      ...identity(deployment),
      service_sid: service.sid,
      environment_sid: environment.sid,
      build_sid: deployment.buildSid,
      ...dates({ createdAt: deployment.createdAt, updatedAt: deployment.createdAt }),
      url: `${url}/Deployments/${deployment.sid}`,
    });
    return { service, environment, view };
  };

  const router = Router({ caseSensitive: true });
  const all = '/Services/:service/Environments/:environment/Deployments';
  router.get(
    all,
    endpoint((request) => {
      const { environment, view } = open(request);
      const deployments = environment.deployments.values();
      return listPage(state, request, deployments, { key: 'deployments', view });
    }),
  );
  router.post(
    all,
    endpoint((request) => {
      const { service, environment, view } = open(request);
      const { BuildSid } = readForm(newDeployment, request);
      return created(view(deploy(state, service, environment, BuildSid)));
    }),
  );
  return router;
}

/**
 * Makes a Build live.
 *
 * @throws {ApiError} 409 if it is live already, 400 if it is unknown or has not completed
 */
export function deploy(
  state: State,
  service: Service,
  environment: Environment,
  buildSid: string,
): Deployment {
  const build = deployableBuild(state, service, buildSid);
  const previous = environment.build;
  if (build === previous) throw conflict('Environment already has requested deployment.');

  const deployment: Deployment = { ...stamp(state, 'ZD'), buildSid };
  if (previous) previous.idleSince = deployment.createdAt;
  environment.build = build;
  environment.hosted = undefined;
  environment.updatedAt = deployment.createdAt;
  environment.deployments.set(deployment.sid, deployment);
  return deployment;
}

function deployableBuild(state: State, service: Service, buildSid: string): Build {
  const build = service.builds.get(buildSid);
  if (!build) throw invalid(`Build ${buildSid} was not found in the Service.`);
  const status = statusOf(state, build);
  if (status !== 'completed') throw invalid(`Build ${buildSid} is not completed: it is ${status}.`);
  return build;
}

/** Whether the Build is live in any environment of its Service. */
export function isLive({ environments }: Service, build: Build): boolean {
  return [...environments.values()].some((environment) => environment.build === build);
}

/**
 * What an environment serves, by its SID or its domain name; undefined if there is no such
 * environment or nothing is live in it. The object stays the same one until a deployment or a
 * variable changes.
 */
export function liveBuild(state: State, sidOrDomain: string): HostedBuild | undefined {
  const found = findEnvironment(state, sidOrDomain);
  if (!found) return undefined;
  const { service, environment } = found;
  environment.hosted ??= hostedBuild(service, environment);
  return environment.hosted;
}

function hostedBuild(service: Service, environment: Environment): HostedBuild | undefined {
  const { build, variables } = environment;
  return (
    build && {
      buildSid: build.sid,
      serviceSid: service.sid,
      environmentSid: environment.sid,
      functions: build.functions.map(hostedFile),
      assets: build.assets.map(hostedFile),
      variables: variablesOf(variables.values()),
    }
  );
}

function hostedFile(version: FileVersion): HostedFile {
  const { sid: versionSid, path, visibility, content, contentType } = version;
  return { sid: versionSid, path, visibility, content, contentType };
}
