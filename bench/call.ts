import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import * as v from 'valibot';
import type { encodeManifest, manifestPath } from '../src/manifest';
import { bundleAndLoad } from './bundle';
import type { Hosted } from './programs/hosted';
import { AUTH_TOKEN } from './s3';
import type { Bench, Checkout } from './table';

// What a call needs: the parameters of a webhook, and a manifest.

/** The form that Twilio sends to a voice URL. */
export const WEBHOOK_BODY = new URLSearchParams({
  AccountSid: `AC${'0'.repeat(32)}`,
  ApiVersion: '2010-04-01',
  CallSid: `CA${'0'.repeat(32)}`,
  CallStatus: 'ringing',
  Called: '+12025550142',
  Caller: '+12025550143',
  Direction: 'inbound',
  From: '+12025550143',
  To: '+12025550142',
}).toString();

/** Of a deployment whose Functions only sign the proxy's URLs: no request reaches this bucket. */
export const VARIABLES = {
  AUTH_TOKEN,
  S3_BUCKET: 'prompts',
  S3_REGION: 'eu-central-1',
  // AWS's documented example.
  S3_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  S3_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};

/** The same call one key later. */
export const MENU_BODY = `${WEBHOOK_BODY}&Digits=1`;

/**
 * Where the first question of a document sends its answer: a URL whose query holds the call's state.
 *
 * @throws {Error} when it asks nothing
 */
export function actionIn(twiml: string): URL {
  const [, action] = /<Gather [^>]*action="([^"]*)"/.exec(twiml) ?? [];
  if (action === undefined) throw new Error('/voice asks nothing: it has no <Gather>');
  return new URL(action.replaceAll('&amp;', '&'));
}

const isFunction = (it: unknown) => typeof it === 'function';
const encoder = v.object({
  encodeManifest: v.custom<typeof encodeManifest>(isFunction),
  manifestPath: v.custom<typeof manifestPath>(isFunction),
});

/** The manifest of a Build, as a Function for a host: in the form of the checkout that reads it. */
export function manifestFunction(
  bench: Bench,
  { name, directory }: Checkout,
  paths: ReadonlyMap<string, string>,
): Hosted['functions'][number] {
  const { encodeManifest, manifestPath } = v.parse(
    encoder,
    bundleAndLoad(
      "export { encodeManifest, manifestPath } from './src/manifest';",
      directory,
      bench.file(`manifests/${name}-encoder.js`),
    ),
  );
  const { source, hash } = encodeManifest({ paths, retired: new Map(), refused: new Map() });
  const marker = { hash, fingerprint: '0'.repeat(16), base: `ZB${'0'.repeat(32)}` };
  const file = bench.file(`manifests/${name}-${paths.size}/${hash}.js`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, source);
  return { path: manifestPath(marker), file };
}

/** The Asset path of a key, as a sync makes it: such as /audio/menu.<32 digits>.<32 digits>.mp3. */
export function assetPath(key: string): string {
  const hash = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 16);
  const name = key
    .replace(/^.*\//, '')
    .replace(/\.mp3$/, '')
    .replace(/[^a-z0-9]+/g, '-');
  return `/audio/${name}.${hash(key)}.${hash(`etag of ${key}`)}.mp3`;
}

/** The prompts of the sample call flow. */
export const FLOW_KEYS: readonly string[] = [
  'prompts/welcome.mp3',
  'prompts/menu.mp3',
  'prompts/hours.mp3',
  'prompts/directions.mp3',
  "prompts/it's new (1)+.mp3",
  'prompts/unknown.mp3',
  'prompts/goodbye.mp3',
  'prompts/営業 時間.mp3',
];

/** Paths of a synced bucket: the flow's prompts, and others up to so many. */
export function syncedPaths(count: number): Map<string, string> {
  const others = Array.from(
    { length: count },
    (_, index) => `prompts/branch/question ${index}.mp3`,
  );
  return new Map([...FLOW_KEYS, ...others].slice(0, count).map((key) => [key, assetPath(key)]));
}
