import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import type { RouteInfo, ServerlessResourceConfigWithFilePath } from '@twilio/runtime-handler/dev';
import type { HostedBuild, HostedFile } from '../hosted';

/**
 * Writes what Functions load by path, as Twilio lays it out: each version in a folder of its own
 * under its SID, so that a relative `require` of a sibling fails here too. Assets with a URL are
 * served from memory and not written.
 */
export async function unpack(build: HostedBuild, folder: string): Promise<RouteInfo> {
  const privateAssets = build.assets.filter((asset) => asset.visibility === 'private');
  const [functions, assets] = await Promise.all([
    Promise.all(build.functions.map((file) => write(file, join(folder, 'functions'), '.js'))),
    Promise.all(privateAssets.map((file) => write(file, join(folder, 'assets'), ''))),
  ]);
  return { functions, assets };
}

async function write(
  file: HostedFile,
  folder: string,
  ending: string,
): Promise<ServerlessResourceConfigWithFilePath> {
  const base = posix.basename(file.path) || 'index';
  const name = base.endsWith(ending) ? base : `${base}${ending}`;
  const filePath = join(folder, file.sid, name);
  await mkdir(dirname(filePath), { recursive: true });
  await writeFile(filePath, file.content);
  const { path, content, visibility: access } = file;
  return { access, content, name, path, filePath };
}
