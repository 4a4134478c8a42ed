import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import * as v from 'valibot';
import { bundle } from './bundle';
import { startChild } from './child';
import type { Hosted } from './programs/hosted';
import type { Bench, Checkout } from './table';

const PROJECT = join(__dirname, '..');
const FUNCTIONS = join(__dirname, 'functions');

/** What a host has beside its Functions. */
export type HostOptions = Partial<Pick<Hosted, 'assets' | 'functions'>> & {
  /** Beside the account's. */
  readonly variables: Readonly<Record<string, string>>;
};

/** Hosts a checkout's Functions in a process of its own. Returns the origin. */
export function hostCheckout(
  bench: Bench,
  checkout: Checkout,
  options: HostOptions,
): Promise<string> {
  const { functions, assets } = filesOf(checkout);
  return startHost(bench, {
    functions: [...functions, ...(options.functions ?? [])],
    assets: [...assets, ...(options.assets ?? [])],
    variables: options.variables,
  });
}

/** Hosts Functions of the bench, in a process of their own, each at its own name. Returns the origin. */
export function hostFunctions(
  bench: Bench,
  names: readonly string[],
  options: HostOptions,
): Promise<string> {
  const functions = names.map((name) => ({ path: `/${name}`, file: benchFunction(bench, name) }));
  return startHost(bench, { assets: [], ...options, functions });
}

/** Bundles a Function of the bench as ours are bundled. Returns the file. */
export function benchFunction(bench: Bench, name: string): string {
  const source = readFileSync(join(FUNCTIONS, `${name}.ts`), 'utf8');
  return bundle(source, FUNCTIONS, bench.file(`functions/${name}.js`));
}

async function startHost(bench: Bench, options: Omit<Hosted, 'projectDirectory'>): Promise<string> {
  const hosted: Hosted = { ...options, projectDirectory: PROJECT };
  const { ready } = await startChild(bench, 'host', [JSON.stringify(hosted)]);
  return `http://localhost:${v.parse(v.number(), ready)}`;
}

/** The files that a deploy of a checkout uploads. */
export function filesOf({ directory }: Checkout): Pick<Hosted, 'functions' | 'assets'> {
  const built = join(directory, '.twilioserverless', 'functions');
  // The build of an older checkout copies no assets, and some add one.
  const folders = [join(directory, 'assets'), join(directory, '.twilioserverless', 'assets')];
  const assets = folders.filter(existsSync).flatMap(assetsIn);
  return {
    functions: readdirSync(built).map((name) => ({ path: pathOf(name), file: join(built, name) })),
    assets: [...new Map(assets.map((asset) => [asset.path, asset])).values()],
  };
}

function assetsIn(folder: string): Hosted['assets'] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ name, parentPath }) => {
      const file = join(parentPath, name);
      return {
        path: `/${relative(folder, file).replace(/\.(private|protected)(?=\.)/, '')}`,
        file,
        access: name.includes('.private.') ? 'private' : 'public',
      };
    });
}

/** The path of a Function's file, such as voice.protected.js. */
function pathOf(name: string): string {
  return `/${name.replace(/(\.(private|protected))?\.js$/, '')}`;
}
