import { type Request, Router } from 'express';
import { addVersion, type FileKind } from '../../state/files';
import type { FileVersion } from '../../state/records';
import type { State } from '../../state/state';
import { type Answer, created, endpoints, ok } from '../endpoint';
import { fileOf, found, param, serviceOf } from '../lookup';
import { listPage } from '../page';
import { readUpload } from '../upload';
import { siteOf } from '../urls';
import { contentView, versionView } from '../views/files';

/**
 * https://www.twilio.com/docs/serverless/api/resource/asset-version
 * https://www.twilio.com/docs/serverless/api/resource/function-version
 */
export function versionRoutes(state: State, kind: FileKind): Router {
  const on = endpoints(state.settings);

  function open(request: Request) {
    const service = serviceOf(state, request);
    const file = fileOf(service, kind, request);
    const site = siteOf(state.settings, request);
    const view = (version: FileVersion) => versionView(site, service, kind, version);
    const content = (version: FileVersion) => contentView(site, service, version);
    const version = () => found(request, file.versions.get(param(request, 'version')));
    return { file, view, content, version };
  }

  function list(request: Request): Answer {
    const { file, view } = open(request);
    const key = kind === 'Assets' ? 'asset_versions' : 'function_versions';
    return listPage(state.settings, request, key, file.versions.values(), view);
  }

  async function create(request: Request): Promise<Answer> {
    const upload = await readUpload(request, state.settings.limits);
    // Looked up only now: the file may have been deleted while its content came in.
    const { file, view } = open(request);
    return created(view(addVersion(state, file, upload)));
  }

  function fetch(request: Request): Answer {
    const { view, version } = open(request);
    return ok(view(version()));
  }

  function fetchContent(request: Request): Answer {
    const { content, version } = open(request);
    return ok(content(version()));
  }

  const router = Router({ caseSensitive: true });
  const all = `/Services/:service/${kind}/:file/Versions`;
  router.route(all).get(on(list)).post(on(create));
  router.get(`${all}/:version`, on(fetch));
  if (kind === 'Functions') router.get(`${all}/:version/Content`, on(fetchContent));
  return router;
}
