import type { IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream/promises';
import busboy from 'busboy';
import { type Request, Router } from 'express';
import * as v from 'valibot';
import { ASSET_BYTES, PATH_CHARACTERS, PRIVATE_ASSET_BYTES } from '../../src/limits';
import type { HostedFile } from '../hosted-build';
import { type FileKind, type FileResource, fileOf } from './assets-and-functions';
import { invalid, tooLarge } from './errors';
import { readFields } from './forms';
import { created, endpoint, found, identity, iso8601, ok, param, serviceUrl } from './http';
import { listPage } from './paging';
import { type Service, serviceOf } from './services';
import { type Resource, type State, stamp } from './state';

export interface Upload {
  readonly path: string;
  readonly visibility: HostedFile['visibility'];
  readonly content: Buffer;
  readonly contentType: string;
}

/** A version of an Asset or of a Function. */
export interface FileVersion extends Resource, Upload {
  readonly fileSid: string;
  /** How many existing Builds hold it. */
  builds: number;
  /** Epoch milliseconds since which no Build has held it, while none does. */
  unusedSince: number;
}

/**
 * Versions are uploaded and listed. A Function's content can be read back, an Asset's cannot.
 *
 * https://www.twilio.com/docs/serverless/api/resource/asset-version
 * https://www.twilio.com/docs/serverless/api/resource/function-version
 */
export function versionRoutes(state: State, kind: FileKind): Router {
  const router = Router({ caseSensitive: true });
  const all = `/Services/:service/${kind}/:file/Versions`;
  router.get(
    all,
    endpoint((request) => {
      const service = serviceOf(state, request);
      return listPage(state, request, fileOf(service, kind, request).versions.values(), {
        key: kind === 'Assets' ? 'asset_versions' : 'function_versions',
        view: (version) => versionView(request, service, kind, version),
      });
    }),
  );
  router.post(
    all,
    endpoint(async (request) => {
      const upload = await readUpload(request);
      // Looked up only now: the file may have been deleted while its content came in.
      const service = serviceOf(state, request);
      const version = addVersion(state, fileOf(service, kind, request), upload);
      return created(versionView(request, service, kind, version));
    }),
  );
  if (kind === 'Assets') return router;

  router.get(
    `${all}/:version/Content`,
    endpoint((request) => {
      const service = serviceOf(state, request);
      const { versions } = fileOf(service, kind, request);
      const version = found(request, versions.get(param(request, 'version')));
      return ok({
        ...identity(version),
        service_sid: service.sid,
        function_sid: version.fileSid,
        content: version.content.toString('utf8'),
        url: `${versionUrl(request, service, kind, version)}/Content`,
      });
    }),
  );
  return router;
}

const versionUrl = (request: Request, service: Service, kind: FileKind, version: FileVersion) =>
  `${serviceUrl(request, service)}/${kind}/${version.fileSid}/Versions/${version.sid}`;

function versionView(request: Request, service: Service, kind: FileKind, version: FileVersion) {
  const url = versionUrl(request, service, kind, version);
  return {
    ...packedView(service, kind, version),
    url,
    ...(kind === 'Functions' && { links: { function_version_content: `${url}/Content` } }),
  };
}

/** A version inside a Build: without URLs, as in the examples of Twilio's OpenAPI description. */
export function packedView(service: Service, kind: FileKind, version: FileVersion) {
  return {
    ...identity(version),
    service_sid: service.sid,
    [kind === 'Assets' ? 'asset_sid' : 'function_sid']: version.fileSid,
    date_created: iso8601(version.createdAt),
    path: version.path,
    visibility: version.visibility,
  };
}

/** @throws {ApiError} 400 for an illegal path, 413 for too large a content */
export function addVersion(state: State, file: FileResource, upload: Upload): FileVersion {
  checkSize(upload);
  const identified = stamp(state, 'ZN');
  const version: FileVersion = {
    ...identified,
    ...upload,
    path: checkedPath(upload.path),
    fileSid: file.sid,
    builds: 0,
    unusedSince: identified.createdAt,
  };
  file.versions.set(version.sid, version);
  return version;
}

const FORBIDDEN = /[;,?:@+&$()'"#\s]/;

/**
 * The path with its leading slash, which Twilio adds where it is missing.
 * https://www.twilio.com/docs/serverless/api/resource/asset-version
 */
function checkedPath(raw: string): string {
  const path = raw.startsWith('/') ? raw : `/${raw}`;
  if (path.length > PATH_CHARACTERS) {
    throw invalid(`Path must be at most ${PATH_CHARACTERS} characters long.`);
  }
  const forbidden = FORBIDDEN.exec(path);
  if (forbidden) throw invalid(`Path must not contain ${JSON.stringify(forbidden[0])}.`);
  return path;
}

function checkSize({ visibility, content }: Upload): void {
  const allowed = visibility === 'private' ? PRIVATE_ASSET_BYTES : ASSET_BYTES;
  if (content.length > allowed) {
    throw tooLarge(`Content of a ${visibility} version must be at most ${allowed} bytes.`);
  }
}

const uploadFields = v.object({
  Path: v.pipe(v.string(), v.nonEmpty()),
  Visibility: v.picklist(['public', 'protected', 'private']),
});

/**
 * Reads the multipart body of a new version: fields `Path` and `Visibility`, and the file `Content`
 * with its type.
 *
 * @throws {ApiError} 400 for anything else, 413 for a file over the limit
 */
async function readUpload(request: IncomingMessage): Promise<Upload> {
  const fields: Record<string, string> = {};
  let file: { content: Buffer; contentType: string } | undefined;
  let overflowed = false;

  const parser = openMultipart(request);
  parser.on('field', (name, value) => {
    fields[name] = value;
  });
  parser.on('file', (name, stream, { mimeType }) => {
    const chunks: Buffer[] = [];
    // A broken upload breaks the part as well; the pipeline below reports it once.
    stream.on('error', () => {});
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('limit', () => {
      overflowed = true;
    });
    stream.on('end', () => {
      if (name === 'Content') file = { content: Buffer.concat(chunks), contentType: mimeType };
    });
  });
  try {
    await pipeline(request, parser);
  } catch (error) {
    throw invalid(`The upload is not a complete multipart form: ${String(error)}`);
  }

  if (overflowed) throw tooLarge(`Content must be at most ${ASSET_BYTES} bytes.`);
  if (!file) throw invalid('Missing required parameter Content in the post body');
  const { Path, Visibility } = readFields(uploadFields, fields);
  return { path: Path, visibility: Visibility, ...file };
}

function openMultipart({ headers }: IncomingMessage): busboy.Busboy {
  try {
    // A file as long as busboy's limit counts as truncated already.
    return busboy({ headers, limits: { fileSize: ASSET_BYTES + 1, files: 1 } });
  } catch (error) {
    throw invalid(`The upload is not a multipart form: ${String(error)}`);
  }
}
