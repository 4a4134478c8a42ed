import { AsyncLocalStorage } from 'node:async_hooks';
import { rm } from 'node:fs/promises';
import type { RequestListener, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { sep } from 'node:path';
import { LocalDevelopmentServer, type RouteInfo } from '@twilio/runtime-handler/dev';
import * as v from 'valibot';
import type { HostedBuild } from '../hosted';
import { answerFunctionError } from './answers';
import { globalScope } from './globals';
import { guard, type Handler } from './guard';
import { schemeOf } from './signature';
import { unpack } from './unpack';

export interface RuntimeOptions {
  readonly accountSid: string;
  readonly authToken: string;
  readonly domainName: string;
  readonly projectDirectory: string;
  readonly functionTimeoutMs: number;
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
const FileReferences = v.record(v.string(), v.looseObject({ path: v.string() }));
type FileReferences = v.InferOutput<typeof FileReferences>;
interface Resources {
  readonly functions: FileReferences;
  readonly assets: FileReferences;
}

const RuntimeGlobal = v.looseObject({
  getFunctions: v.pipe(v.function(), v.returns(FileReferences)),
  getAssets: v.pipe(v.function(), v.returns(FileReferences)),
});
const FunctionModule = v.object({ handler: v.custom<Handler>((it) => typeof it === 'function') });

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
  const { listener, resources } = listen(build, routes, options);
  const guarded = new Set<string>();
  const guardOnce = (path: string) => {
    const file = routes.functions.find((candidate) => candidate.path === path)?.filePath;
    if (!file || guarded.has(file)) return;
    if (guardModule(file, options.functionTimeoutMs)) guarded.add(file);
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
 * The runtime keeps its list of files, and `Runtime`, for the process: the next Build's would
 * show in the midst of a request to this one. So each Build's lists are taken as soon as they
 * are there, and `Runtime` asks for those of the request in progress.
 */
function listen(
  build: HostedBuild,
  routes: RouteInfo,
  options: RuntimeOptions,
): { listener: RequestListener; resources: Resources } {
  const restoreResponse = globalScope(['Response']);
  const server = new LocalDevelopmentServer(0, serverConfig(build, routes, options));
  restoreResponse();
  const runtime = v.parse(RuntimeGlobal, Reflect.get(globalThis, 'Runtime'));
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
function guardModule(file: string, timeoutMs: number): boolean {
  try {
    const exported: object = load(file);
    const { handler } = v.parse(FunctionModule, exported);
    const answerTimeout = () => {
      const response = runs.getStore()?.response;
      if (response) answerFunctionError(response, 504, 'runtime application timed out');
    };
    const value = guard(handler, timeoutMs, answerTimeout);
    const cached = load.cache[file];
    if (cached) cached.exports = Object.create(exported, { handler: { value, enumerable: true } });
    return true;
  } catch {
    // The runtime meets the same failure when it loads the module, and answers for it.
    return false;
  }
}
