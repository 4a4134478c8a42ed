import { type Request, Router } from 'express';
import * as v from 'valibot';
import { RUNTIMES } from '../../../../src/limits';
import { createBuild, deleteBuild } from '../../state/builds';
import { parseDependencies } from '../../state/dependencies';
import type { Build } from '../../state/records';
import type { State } from '../../state/state';
import { type Answer, created, deleted, endpoints, ok } from '../endpoint';
import { readForm, sids } from '../form';
import { found, param, serviceOf } from '../lookup';
import { listPage } from '../page';
import { siteOf } from '../urls';
import { buildStatusView, buildView } from '../views/builds';

const NewBuild = v.object({
  AssetVersions: sids('ZN'),
  FunctionVersions: sids('ZN'),
  Dependencies: v.optional(v.string(), '[]'),
  Runtime: v.optional(v.string(), RUNTIMES[0]),
});

/**
 * https://www.twilio.com/docs/serverless/api/resource/build
 * https://www.twilio.com/docs/serverless/api/resource/build-status
 */
export function buildRoutes(state: State): Router {
  const on = endpoints(state.settings);

  function open(request: Request) {
    const service = serviceOf(state, request);
    const site = siteOf(state.settings, request);
    const view = (build: Build) => buildView(site, service, build);
    const statusView = (build: Build) => buildStatusView(site, service, build);
    const build = () => found(request, service.builds.get(param(request, 'build')));
    return { service, view, statusView, build };
  }

  function list(request: Request): Answer {
    const { service, view } = open(request);
    return listPage(state.settings, request, 'builds', service.builds.values(), view);
  }

  function create(request: Request): Answer {
    const { service, view } = open(request);
    const form = readForm(NewBuild, request);
    const build = createBuild(state, service, {
      assetVersions: form.AssetVersions,
      functionVersions: form.FunctionVersions,
      dependencies: parseDependencies(form.Dependencies),
      runtime: form.Runtime,
    });
    return created(view(build));
  }

  function fetch(request: Request): Answer {
    const { view, build } = open(request);
    return ok(view(build()));
  }

  function fetchStatus(request: Request): Answer {
    const { statusView, build } = open(request);
    return ok(statusView(build()));
  }

  function remove(request: Request): Answer {
    const { service, build } = open(request);
    deleteBuild(state, service, build());
    return deleted;
  }

  const router = Router({ caseSensitive: true });
  const all = '/Services/:service/Builds';
  router.route(all).get(on(list)).post(on(create));
  router.route(`${all}/:build`).get(on(fetch)).delete(on(remove));
  router.get(`${all}/:build/Status`, on(fetchStatus));
  return router;
}
