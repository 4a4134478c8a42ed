import { type Request, Router } from 'express';
import * as v from 'valibot';
import { deploy } from '../../state/deployments';
import type { Deployment } from '../../state/records';
import type { State } from '../../state/state';
import { type Answer, created, endpoints, ok } from '../endpoint';
import { flag, readForm, sid } from '../form';
import { environmentOf, found, param, serviceOf } from '../lookup';
import { listPage } from '../page';
import { siteOf } from '../urls';
import { deploymentView } from '../views/environments';

const NewDeployment = v.object({
  BuildSid: v.optional(sid('ZB')),
  IsPlugin: v.optional(flag),
});

/** https://www.twilio.com/docs/serverless/api/resource/deployment */
export function deploymentRoutes(state: State): Router {
  const on = endpoints(state.settings);

  function open(request: Request) {
    const service = serviceOf(state, request);
    const environment = environmentOf(service, request);
    const site = siteOf(state.settings, request);
    const view = (deployment: Deployment) => deploymentView(site, service, environment, deployment);
    return { service, environment, view };
  }

  function list(request: Request): Answer {
    const { environment, view } = open(request);
    const deployments = environment.deployments.values();
    return listPage(state.settings, request, 'deployments', deployments, view);
  }

  function create(request: Request): Answer {
    const { service, environment, view } = open(request);
    const { BuildSid } = readForm(NewDeployment, request);
    return created(view(deploy(state, service, environment, BuildSid)));
  }

  function fetch(request: Request): Answer {
    const { environment, view } = open(request);
    return ok(view(found(request, environment.deployments.get(param(request, 'deployment')))));
  }

  const router = Router({ caseSensitive: true });
  const all = '/Services/:service/Environments/:environment/Deployments';
  router.route(all).get(on(list)).post(on(create));
  router.get(`${all}/:deployment`, on(fetch));
  return router;
}
