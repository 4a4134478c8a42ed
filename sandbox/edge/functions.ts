import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { HostedBuild } from '../hosted-build';
import { type FunctionRuntime, type RuntimeOptions, saveGlobals, startRuntime } from './runtime';

export interface FunctionHostOptions extends Omit<RuntimeOptions, 'beginRun'> {
  /** Where Builds are unpacked, each in a new folder; inside the project. */
  readonly directory: string;
}

export interface FunctionHost {
  /** Runs the Function at a path of a Build. @throws {Error} when the Build cannot be loaded */
  run(build: HostedBuild, path: string, arguments_: Parameters<RequestListener>): Promise<void>;
  close(): Promise<void>;
}

interface LoadedBuild {
  readonly build: HostedBuild;
  readonly runtime: Promise<FunctionRuntime>;
}

const RUNTIME_GLOBALS = ['Twilio', 'Runtime', 'Functions', 'Response', 'twilioClient'];

/**
 * Keeps the live Build loaded. A Build or a variable that changed is a new load, as Twilio starts
 * new containers. Requests in progress end on the old one, which is unloaded when none can be left.
 */
export function createFunctionHost(options: FunctionHostOptions): FunctionHost {
  const restoreGlobals = saveGlobals(RUNTIME_GLOBALS);
  const loads = new Set<LoadedBuild>();
  const running = new Set<symbol>();
  let isClosed = false;
  let current: LoadedBuild | undefined;
  let loadCount = 0;

  // A Function that still runs makes its response with a global, and would end the process without it.
  const restoreWhenIdle = () => {
    if (isClosed && running.size === 0) restoreGlobals();
  };

  const beginRun = () => {
    const run = Symbol('run');
    running.add(run);
    return () => {
      running.delete(run);
      restoreWhenIdle();
    };
  };

  const unload = async (loaded: LoadedBuild) => {
    if (!loads.delete(loaded)) return;
    const runtime = await loaded.runtime.catch(() => undefined);
    await runtime?.dispose();
  };

  const retire = (loaded: LoadedBuild) => {
    const unloadLater = () => setTimeout(() => void unload(loaded), options.functionTimeoutMs);
    loaded.runtime.then(
      () => unloadLater().unref(),
      () => loads.delete(loaded),
    );
  };

  const loadedFor = (build: HostedBuild): LoadedBuild => {
    if (current && isSameDeployment(current.build, build)) return current;
    if (current) retire(current);
    loadCount += 1;
    const folder = join(options.directory, `${loadCount}-${build.buildSid}`);
    const loaded = { build, runtime: startRuntime(build, folder, { ...options, beginRun }) };
    loads.add(loaded);
    current = loaded;
    return loaded;
  };

  return {
    async run(build, path, arguments_) {
      const loaded = loadedFor(build);
      try {
        (await loaded.runtime).run(path, arguments_);
      } catch (error) {
        if (current === loaded) current = undefined;
        throw error;
      }
    },
    async close() {
      await Promise.all([...loads].map(unload));
      isClosed = true;
      restoreWhenIdle();
    },
  };
}

function isSameDeployment(one: HostedBuild, other: HostedBuild): boolean {
  return (
    one.buildSid === other.buildSid &&
    one.serviceSid === other.serviceSid &&
    one.environmentSid === other.environmentSid &&
    isDeepStrictEqual(one.variables, other.variables)
  );
}
