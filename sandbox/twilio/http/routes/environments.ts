import { type Request, Router } from 'express';
import * as v from 'valibot';
import { createEnvironment, deleteEnvironment } from '../../state/environments';
import type { Environment } from '../../state/records';
import type { State } from '../../state/state';
import { type Answer, created, deleted, endpoints, ok } from '../endpoint';
import { readForm, text } from '../form';
import { environmentOf, serviceOf } from '../lookup';
import { listPage } from '../page';
import { siteOf } from '../urls';
import { environmentView } from '../views/environments';

const NewEnvironment = v.object({
  UniqueName: text(100),
  DomainSuffix: v.optional(v.pipe(text(16), v.regex(/^[A-Za-z0-9-]+$/, 'must be URL-friendly'))),
});

/** https://www.twilio.com/docs/serverless/api/resource/environment */
export function environmentRoutes(state: State): Router {
  const on = endpoints(state.settings);

  function open(request: Request) {
    const service = serviceOf(state, request);
    const site = siteOf(state.settings, request);
    const view = (environment: Environment) => environmentView(site, service, environment);
    return { service, view };
  }

  function list(request: Request): Answer {
    const { service, view } = open(request);
    const environments = service.environments.values();
    return listPage(state.settings, request, 'environments', environments, view);
  }

  function create(request: Request): Answer {
    const { service, view } = open(request);
    const { UniqueName, DomainSuffix = null } = readForm(NewEnvironment, request);
    const input = { uniqueName: UniqueName, domainSuffix: DomainSuffix };
    return created(view(createEnvironment(state, service, input)));
  }

  function fetch(request: Request): Answer {
    const { service, view } = open(request);
    return ok(view(environmentOf(service, request)));
  }

  function remove(request: Request): Answer {
    const { service } = open(request);
    deleteEnvironment(state, service, environmentOf(service, request));
    return deleted;
  }

  const router = Router({ caseSensitive: true });
  const all = '/Services/:service/Environments';
  router.route(all).get(on(list)).post(on(create));
  router.route(`${all}/:environment`).get(on(fetch)).delete(on(remove));
  return router;
}
