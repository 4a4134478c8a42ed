import { type Request, Router } from 'express';
import * as v from 'valibot';
import { createFile, deleteFile, type FileKind, filesOf, renameFile } from '../../state/files';
import type { FileResource } from '../../state/records';
import type { State } from '../../state/state';
import { type Answer, created, deleted, endpoints, ok } from '../endpoint';
import { readForm, text } from '../form';
import { fileOf, serviceOf } from '../lookup';
import { listPage } from '../page';
import { siteOf } from '../urls';
import { fileView } from '../views/files';

const FileForm = v.object({ FriendlyName: text(255) });

/**
 * https://www.twilio.com/docs/serverless/api/resource/asset
 * https://www.twilio.com/docs/serverless/api/resource/function
 */
export function fileRoutes(state: State, kind: FileKind): Router {
  const on = endpoints(state.settings);

  function open(request: Request) {
    const service = serviceOf(state, request);
    const site = siteOf(state.settings, request);
    const view = (file: FileResource) => fileView(site, service, kind, file);
    return { service, view };
  }

  function list(request: Request): Answer {
    const { service, view } = open(request);
    const files = filesOf(service, kind).values();
    return listPage(state.settings, request, kind.toLowerCase(), files, view);
  }

  function create(request: Request): Answer {
    const { service, view } = open(request);
    const { FriendlyName } = readForm(FileForm, request);
    return created(view(createFile(state, service, kind, FriendlyName)));
  }

  function fetch(request: Request): Answer {
    const { service, view } = open(request);
    return ok(view(fileOf(service, kind, request)));
  }

  function update(request: Request): Answer {
    const { service, view } = open(request);
    const file = fileOf(service, kind, request);
    renameFile(state, file, readForm(FileForm, request).FriendlyName);
    return ok(view(file));
  }

  function remove(request: Request): Answer {
    const { service } = open(request);
    deleteFile(service, kind, fileOf(service, kind, request));
    return deleted;
  }

  const router = Router({ caseSensitive: true });
  const all = `/Services/:service/${kind}`;
  router.route(all).get(on(list)).post(on(create));
  router.route(`${all}/:file`).get(on(fetch)).post(on(update)).delete(on(remove));
  return router;
}
