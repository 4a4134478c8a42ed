import { type Request, Router } from 'express';
import * as v from 'valibot';
import { FRIENDLY_NAME_CHARACTERS } from '../../src/limits';
import { conflict } from './errors';
import { readForm, text } from './forms';
import { created, dates, deleted, endpoint, found, identity, ok, param, serviceUrl } from './http';
import { listPage } from './paging';
import { type Service, serviceOf } from './services';
import { type State, stamp, type UpdatableResource } from './state';
import type { FileVersion } from './versions';

/** Assets and Functions work alike. `Assets` and `Functions` are their URLs' names, too. */
export type FileKind = 'Assets' | 'Functions';

/** An Asset or a Function: a name under which versions are collected. */
export interface FileResource extends UpdatableResource {
  friendlyName: string;
  readonly versions: Map<string, FileVersion>;
  /** Epoch milliseconds since which it has had no version, while it has none. */
  emptySince: number;
}

const fileForm = v.object({ FriendlyName: text(FRIENDLY_NAME_CHARACTERS) });

/**
 * https://www.twilio.com/docs/serverless/api/resource/asset
 * https://www.twilio.com/docs/serverless/api/resource/function
 */
export function fileRoutes(state: State, kind: FileKind): Router {
  const router = Router({ caseSensitive: true });
  const all = `/Services/:service/${kind}`;
  router.get(
    all,
    endpoint((request) => {
      const service = serviceOf(state, request);
      return listPage(state, request, filesOf(service, kind).values(), {
        key: kind.toLowerCase(),
        view: (file) => fileView(request, service, kind, file),
      });
    }),
  );
  router.post(
    all,
    endpoint((request) => {
      const service = serviceOf(state, request);
      const { FriendlyName } = readForm(fileForm, request);
      const file = createFile(state, service, kind, FriendlyName);
      return created(fileView(request, service, kind, file));
    }),
  );
  if (kind === 'Functions') return router;

  const one = `${all}/:file`;
  router.post(
    one,
    endpoint((request) => {
      const service = serviceOf(state, request);
      const asset = fileOf(service, kind, request);
      asset.friendlyName = readForm(fileForm, request).FriendlyName;
      asset.updatedAt = state.settings.now();
      return ok(fileView(request, service, kind, asset));
    }),
  );
  router.delete(
    one,
    endpoint((request) => {
      const service = serviceOf(state, request);
      deleteAsset(service, fileOf(service, kind, request));
      return deleted;
    }),
  );
  return router;
}

function fileView(request: Request, service: Service, kind: FileKind, file: FileResource) {
  const url = `${serviceUrl(request, service)}/${kind}/${file.sid}`;
  const versions = kind === 'Assets' ? 'asset_versions' : 'function_versions';
  return {
    ...identity(file),
    service_sid: service.sid,
    friendly_name: file.friendlyName,
    ...dates(file),
    url,
    links: { [versions]: `${url}/Versions` },
  };
}

export function createFile(
  state: State,
  service: Service,
  kind: FileKind,
  friendlyName: string,
): FileResource {
  const identified = stamp(state, 'ZH');
  const file: FileResource = {
    ...identified,
    friendlyName,
    updatedAt: identified.createdAt,
    versions: new Map(),
    emptySince: identified.createdAt,
  };
  filesOf(service, kind).set(file.sid, file);
  return file;
}

/**
 * Removes an Asset with its versions. Builds that hold one keep their copy.
 *
 * @throws {ApiError} 409 while a live Build holds one
 */
function deleteAsset({ assets, environments }: Service, asset: FileResource): void {
  for (const { build } of environments.values()) {
    if (build?.assets.some(({ fileSid }) => fileSid === asset.sid)) {
      throw conflict("Cannot delete Asset because it's part of an active Deployment.");
    }
  }
  assets.delete(asset.sid);
}

/** The Service's Assets or its Functions, by SID. */
export function filesOf(service: Service, kind: FileKind): Map<string, FileResource> {
  return kind === 'Assets' ? service.assets : service.functions;
}

/** The Asset or Function that the path names. @throws {ApiError} 404 */
export function fileOf(service: Service, kind: FileKind, request: Request): FileResource {
  return found(request, filesOf(service, kind).get(param(request, 'file')));
}
