import { AsyncLocalStorage } from 'node:async_hooks';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import type { RequestListener, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, join, posix, sep } from 'node:path';
import {
  LocalDevelopmentServer,
  type RouteInfo,
  type ServerlessResourceConfigWithFilePath,
} from '@twilio/runtime-handler/dev';
import * as v from 'valibot';
import type { HostedBuild, HostedFile } from '../hosted-build';
import { schemeOf } from './access';
import { guard, type Handler, noteRuns } from './handler';
import { sendFunctionError } from './responses';

export interface RuntimeOptions {
  readonly accountSid: string;
  readonly authToken: string;
  readonly domainName: string;
  readonly projectDirectory: string;
  readonly functionTimeoutMs: number;
  /** Notes a run of a handler, and returns what ends it. */
  readonly beginRun: () => () => void;
}

/** One Build's Functions, loaded. */
export interface FunctionRuntime {
  /** Runs the Function at a path of the Build. */
  run(path: string, listenerArguments: Parameters<RequestListener>): void;
  /** Unloads its modules and removes its folder. */
  dispose(): Promise<void>;
}

/** What the request in progress sees of the Build that it started with. */
interface Run {
  readonly response: ServerResponse;
  readonly resources: Resources;
}
const fileReferences = v.record(v.string(), v.looseObject({ path: v.string() }));
type FileReferences = v.InferOutput<typeof fileReferences>;
interface Resources {
  readonly functions: FileReferences;
  readonly assets: FileReferences;
}

const runtimeGlobal = v.looseObject({
  getFunctions: v.pipe(v.function(), v.returns(fileReferences)),
  getAssets: v.pipe(v.function(), v.returns(fileReferences)),
});
const functionModule = v.object({ handler: v.custom<Handler>((it) => typeof it === 'function') });

const runs = new AsyncLocalStorage<Run>();
const load = createRequire(__filename);

/**
 * Unpacks a Build into `folder`, which must be new (a file at a path that was loaded once is not
 * loaded again), and starts Twilio's runtime on it, in this process.
 */
export async function startRuntime(
  build: HostedBuild,
  folder: string,
  options: RuntimeOptions,
): Promise<FunctionRuntime> {
  const routes = await unpack(build, folder);
  const { listener, resources } = createRuntimeServer(build, routes, options);
  const guarded = new Set<string>();
  const guardOnce = (path: string) => {
    const file = routes.functions.find((candidate) => candidate.path === path)?.filePath;
    if (!file || guarded.has(file)) return;
    if (guardModule(file, options)) guarded.add(file);
  };
  return {
    run(path, [request, response]) {
      guardOnce(path);
      runs.run({ response, resources }, () => listener(request, response));
    },
    async dispose() {
      for (const file of Object.keys(load.cache)) {
        if (file.startsWith(folder + sep)) delete load.cache[file];
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Writes what Functions load by path, as Twilio lays it out: each version in a folder of its own
 * under its SID, so that a relative `require` of a sibling fails here too. Assets with a URL are
 * not read by path.
 */
async function unpack(build: HostedBuild, folder: string): Promise<RouteInfo> {
  const privateAssets = build.assets.filter((asset) => asset.visibility === 'private');
  const [functions, assets] = await Promise.all([
    Promise.all(build.functions.map((file) => unpackFile(file, join(folder, 'functions'), '.js'))),
    Promise.all(privateAssets.map((file) => unpackFile(file, join(folder, 'assets'), ''))),
  ]);
  return { functions, assets };
}

async function unpackFile(
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

/**
 * Twilio's runtime keeps its list of files, and the global `Runtime`, for the whole process. Without
 * this, a request to one Build could see the files of the next. So each Build's lists are read at
 * its start, and `Runtime` returns those of the request in progress.
 */
function createRuntimeServer(
  build: HostedBuild,
  routes: RouteInfo,
  options: RuntimeOptions,
): { listener: RequestListener; resources: Resources } {
  const restoreResponse = saveGlobals(['Response']);
  const server = new LocalDevelopmentServer(0, serverConfig(build, routes, options));
  restoreResponse();
  const runtime = v.parse(runtimeGlobal, Reflect.get(globalThis, 'Runtime'));
  const resources = { functions: runtime.getFunctions(), assets: runtime.getAssets() };
  const current = () => runs.getStore()?.resources ?? resources;
  Reflect.set(globalThis, 'Runtime', {
    ...runtime,
    getFunctions: () => ({ ...current().functions }),
    getAssets: () => ({ ...current().assets }),
  });
  return { listener: server.getApp(), resources };
}

function serverConfig(build: HostedBuild, routes: RouteInfo, options: RuntimeOptions) {
  return {
    routes,
    env: {
      ...build.variables,
      ACCOUNT_SID: options.accountSid,
      AUTH_TOKEN: options.authToken,
      SERVICE_SID: build.serviceSid,
      ENVIRONMENT_SID: build.environmentSid,
      DOMAIN_NAME: options.domainName,
    },
    baseDir: options.projectDirectory,
    url: `${schemeOf(options.domainName)}://${options.domainName}`,
    port: 0,
    // The forked runner turns Buffers into JSON; live mode loads every module for every request.
    forkProcess: false,
    live: false,
    logs: false,
    detailedLogs: false,
    legacyMode: false,
    appName: 'sandbox',
    enableDebugLogs: false,
  };
}

/**
 * Puts the guard around a loaded module's handler. A bundle's exports are getters that cannot be
 * redefined, so the module cache gets an object in front of them.
 */
function guardModule(
  file: string,
  { functionTimeoutMs, beginRun }: Pick<RuntimeOptions, 'functionTimeoutMs' | 'beginRun'>,
): boolean {
  try {
    const exported: object = load(file);
    const { handler } = v.parse(functionModule, exported);
    const sendTimeout = () => {
      const response = runs.getStore()?.response;
      if (response) sendFunctionError(response, 504, 'runtime application timed out');
    };
    const value = guard(noteRuns(handler, beginRun), functionTimeoutMs, sendTimeout);
    const cached = load.cache[file];
    if (cached) cached.exports = Object.create(exported, { handler: { value, enumerable: true } });
    return true;
  } catch {
    // The runtime meets the same failure when it loads the module, and responds.
    return false;
  }
}

/**
 * Notes globals as they are, missing ones included. Twilio's runtime writes its own into the process.
 *
 * @returns restores them
 */
export function saveGlobals(names: readonly string[]): () => void {
  const before = names.map((name) => ({
    name,
    descriptor: Object.getOwnPropertyDescriptor(globalThis, name),
  }));
  return () => {
    for (const { name, descriptor } of before) {
      if (descriptor) Object.defineProperty(globalThis, name, descriptor);
      else Reflect.deleteProperty(globalThis, name);
    }
  };
}
