import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import send from 'send';
import type { HostedFile } from '../hosted-build';

export const ASSET_METHODS: readonly string[] = ['GET', 'HEAD', 'OPTIONS'];

export interface AssetServer {
  serve(file: HostedFile, request: IncomingMessage, response: ServerResponse): Promise<void>;
  close(): Promise<void>;
}

/** An Asset Version on the disk, named by its SID. */
interface StoredAsset {
  readonly folder: string;
  readonly etag: string;
  readonly lastModified: string;
}

/**
 * Serves Assets by `send`, which Twilio's local runtime uses: ETag, Last-Modified, request
 * conditions, one byte range, and `max-age=0`. Twilio documents neither validators nor caching of
 * Assets.
 *
 * @param directory where each version is written at its first request
 * @param now epoch milliseconds; that time is the version's Last-Modified
 */
export function createAssetServer(directory: string, now: () => number): AssetServer {
  const versions = new Map<string, Promise<StoredAsset>>();
  let newFolder: Promise<string> | undefined;

  const store = async ({ sid, content }: HostedFile): Promise<StoredAsset> => {
    newFolder ??= mkdir(directory, { recursive: true }).then(() =>
      mkdtemp(join(directory, 'assets-')),
    );
    const lastModified = new Date(now()).toUTCString();
    const folder = await newFolder;
    await writeFile(join(folder, sid), content);
    const etag = `"${createHash('md5').update(content).digest('hex')}"`;
    return { folder, etag, lastModified };
  };

  return {
    async serve(file, request, response) {
      if (request.method === 'OPTIONS') {
        response.writeHead(204, { Allow: ASSET_METHODS.join(', ') }).end();
        return;
      }
      const stored = versions.get(file.sid) ?? store(file);
      versions.set(file.sid, stored);
      const { folder, etag, lastModified } = await stored;
      response.setHeader('ETag', etag);
      response.setHeader('Last-Modified', lastModified);
      response.setHeader('Content-Type', file.contentType);
      if (!isRangeValid(request, [etag, lastModified])) delete request.headers.range;
      send(request, file.sid, { root: folder })
        .on('error', ({ status = 500 }) => {
          if (response.headersSent) response.destroy();
          else response.writeHead(status).end();
        })
        .pipe(response);
    },
    async close() {
      const folder = await newFolder?.catch(() => undefined);
      if (folder) await rm(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Whether a range is to be sent: one byte range of a GET, for the version that If-Range names. `send`
 * would also take a range for HEAD, a loosely matching If-Range, and refuse what is no range.
 * https://www.rfc-editor.org/rfc/rfc9110#section-14.2
 */
function isRangeValid(
  { method, headers }: IncomingMessage,
  validators: readonly string[],
): boolean {
  const ifRange = headers['if-range'];
  if (ifRange !== undefined && !validators.includes(String(ifRange))) return false;
  return method === 'GET' && /^bytes=(\d+-\d*|-\d+)$/.test(headers.range ?? '');
}
