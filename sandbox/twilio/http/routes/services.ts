import { type Request, Router } from 'express';
import * as v from 'valibot';
import type { Service } from '../../state/records';
import { createService, updateService } from '../../state/services';
import type { State } from '../../state/state';
import { type Answer, created, deleted, endpoints, ok } from '../endpoint';
import { flag, readForm, text } from '../form';
import { serviceOf } from '../lookup';
import { listPage } from '../page';
import { siteOf } from '../urls';
import { serviceView } from '../views/services';

const NewService = v.object({
  // It may stand for the SID in a URL, and becomes part of the domain.
  UniqueName: v.pipe(text(50), v.regex(/^[\w-]+$/, 'must be URL-friendly')),
  FriendlyName: text(255),
  IncludeCredentials: v.optional(flag, 'true'),
  UiEditable: v.optional(flag, 'false'),
});

const ServiceChanges = v.object({
  FriendlyName: v.optional(text(255)),
  IncludeCredentials: v.optional(flag),
  UiEditable: v.optional(flag),
});

/** https://www.twilio.com/docs/serverless/api/resource/service */
export function serviceRoutes(state: State): Router {
  const on = endpoints(state.settings);

  const viewFor = (request: Request) => {
    const site = siteOf(state.settings, request);
    return (service: Service) => serviceView(site, service);
  };

  const list = (request: Request): Answer =>
    listPage(state.settings, request, 'services', state.services.values(), viewFor(request));

  function create(request: Request): Answer {
    const form = readForm(NewService, request);
    const service = createService(state, {
      uniqueName: form.UniqueName,
      friendlyName: form.FriendlyName,
      includeCredentials: form.IncludeCredentials,
      uiEditable: form.UiEditable,
    });
    return created(viewFor(request)(service));
  }

  const fetch = (request: Request): Answer => ok(viewFor(request)(serviceOf(state, request)));

  function update(request: Request): Answer {
    const service = serviceOf(state, request);
    const form = readForm(ServiceChanges, request);
    updateService(state, service, {
      friendlyName: form.FriendlyName ?? service.friendlyName,
      includeCredentials: form.IncludeCredentials ?? service.includeCredentials,
      uiEditable: form.UiEditable ?? service.uiEditable,
    });
    return ok(viewFor(request)(service));
  }

  function remove(request: Request): Answer {
    state.services.delete(serviceOf(state, request).sid);
    return deleted;
  }

  const router = Router({ caseSensitive: true });
  router.route('/Services').get(on(list)).post(on(create));
  router.route('/Services/:service').get(on(fetch)).post(on(update)).delete(on(remove));
  return router;
}
