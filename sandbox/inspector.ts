import VoiceResponse from 'twilio/lib/twiml/VoiceResponse';
import { presignedUrl } from '../cli/presigned-url';
import { type CallEvent, type CallOptions, call, type MediaEvent, playTwiml } from '../phone';
import { readCallConfig, readConfig } from '../src/config';
import { decodeManifest, isManifestPath, type Manifest } from '../src/manifest';
import { choosePlayable } from '../src/playback/playback';
import { signProxyQuery } from '../src/proxy/signed-url';
import { withOverrides } from '../src/webhook-url';
import type { Sandbox } from './sandbox';

/** One media request of a call, as the request inspector of the bug report shows it. */
export interface Row {
  readonly verb: MediaEvent['verb'];
  /** What the URL is. */
  readonly plays: 'presigned URL' | 'Asset' | 'proxy';
  readonly media: MediaEvent;
}

/** What the inspector needs of a sandbox. */
export type Inspected = Pick<Sandbox, 'variables' | 'publicOrigin'>;

/** The sandbox's phone number. */
export const NUMBER = '+815012345678';
export const CALLER = '+819012345678';

/** A call to the sandbox's number. */
export function callOptions(
  { variables, publicOrigin }: Inspected,
  digits: readonly string[],
): CallOptions {
  return {
    voiceUrl: withOverrides(`${publicOrigin}/voice`),
    fallbackUrl: withOverrides(`${publicOrigin}/fallback`),
    accountSid: variables.ACCOUNT_SID,
    authToken: variables.AUTH_TOKEN,
    from: CALLER,
    to: NUMBER,
    append: 'gather',
    // Protected Assets are served to signed requests only.
    signMedia: variables.AUDIO_VISIBILITY === 'protected',
    digits,
  };
}

/** What a caller of the number hears and presses, in its order, and requests for TwiML that failed. */
export async function callNumber(
  sandbox: Inspected,
  digits: readonly string[],
): Promise<CallEvent[]> {
  const heard: CallEvent[] = [];
  for await (const event of call(callOptions(sandbox, digits))) {
    if (isHeard(event)) heard.push(event);
  }
  return heard;
}

function isHeard(event: CallEvent): boolean {
  if (event.kind === 'webhook') return event.errorCode !== undefined;
  return event.kind === 'media' || event.verb.endsWith('Say') || event.digits !== undefined;
}

/** A sandbox of which the live Build can be read. */
export type Built = Pick<Sandbox, 'publicOrigin'> & {
  readonly twilio: Pick<Sandbox['twilio'], 'liveBuild'>;
};

/** The manifest of the live Build; undefined before the first sync. */
function liveManifest({ twilio, publicOrigin }: Built): Manifest | undefined {
  const { functions = [] } = twilio.liveBuild(new URL(publicOrigin).host) ?? {};
  const manifest = functions.find(({ path }) => isManifestPath(path));
  return manifest && decodeManifest(manifest.content.toString());
}

/** The paths of the live Build's Assets, by the keys of their prompts. */
export function syncedPaths(sandbox: Built): ReadonlyMap<string, string> {
  return liveManifest(sandbox)?.paths ?? new Map();
}

/**
 * Chooses a prompt whose Asset is in the live Build.
 *
 * @param preferred keys, in their order; without them any prompt
 * @returns undefined when the live Build has no Asset of a prompt
 */
export function chooseSynced(
  sandbox: Built,
  preferred: readonly string[],
): { readonly key: string; readonly assetPath: string } | undefined {
  const paths = syncedPaths(sandbox);
  for (const key of [...preferred, ...paths.keys()]) {
    const assetPath = paths.get(key);
    if (assetPath !== undefined) return { key, assetPath };
  }
  return undefined;
}

/** One recording of a user's folder, and how a call plays it. */
export interface OwnRecording {
  readonly key: string;
  /** Missing where the prompt's text is said in its place. */
  readonly media?: MediaEvent;
}

/** Plays prompts to a caller, one by one, each as a call would. */
export async function playAll(
  sandbox: Inspected & Built,
  keys: readonly string[],
): Promise<OwnRecording[]> {
  const { variables, publicOrigin } = sandbox;
  const config = readCallConfig({ ...variables, DOMAIN_NAME: new URL(publicOrigin).host });
  const playback = { ...config, manifest: liveManifest(sandbox), now: new Date() };
  const recordings: OwnRecording[] = [];
  for (const key of keys) {
    const playable = choosePlayable(key, playback);
    if (playable.via === 'say') recordings.push({ key });
    else recordings.push({ key, media: await playOne(sandbox, playable.url) });
  }
  return recordings;
}

async function playOne(sandbox: Inspected, url: string): Promise<MediaEvent | undefined> {
  const response = new VoiceResponse();
  response.play(url);
  for await (const event of playTwiml(response.toString(), callOptions(sandbox, []))) {
    if (event.kind === 'media') return event;
  }
  return undefined;
}

function proxyUrl({ publicOrigin, variables }: Inspected, key: string): string {
  const secret = { authToken: variables.AUTH_TOKEN, bucket: variables.S3_BUCKET ?? '' };
  return `${publicOrigin}/audio?${signProxyQuery(secret, key, new Date())}`;
}

/**
 * Plays one prompt to a caller in the ways that the bug report compares: by a presigned URL, which
 * this project replaces, once in <Play> and once in <Gather>; then as an Asset and through the proxy.
 */
export async function inspect(
  sandbox: Inspected,
  { key, assetPath }: { readonly key: string; readonly assetPath: string },
): Promise<Row[]> {
  const { publicOrigin, variables } = sandbox;
  const presigned = await presignedUrl(readConfig(variables).s3, key);
  const asset = publicOrigin + assetPath;
  const proxy = proxyUrl(sandbox, key);
  const played = [
    ['Play', 'presigned URL', presigned],
    ['Gather › Play', 'presigned URL', presigned],
    ['Gather › Play', 'Asset', asset],
    ['Gather › Play', 'proxy', proxy],
  ] as const;
  const rows: Row[] = [];
  for (const [verb, plays, url] of played) {
    const response = new VoiceResponse();
    if (verb === 'Play') response.play(url);
    else response.gather({ numDigits: 1, timeout: 1 }).play(url);
    for await (const event of playTwiml(response.toString(), callOptions(sandbox, []))) {
      if (event.kind === 'media') rows.push({ verb, plays, media: event });
    }
  }
  return rows;
}

/** How a media URL that a deployed Function gave is served. */
export function servedBy({ url }: Pick<MediaEvent, 'url'>): Row['plays'] {
  const { pathname } = new URL(url);
  if (pathname === '/audio') return 'proxy';
  return pathname.startsWith('/audio/') ? 'Asset' : 'presigned URL';
}

/** What protected Assets mean for a caller: a media request with a signature, and one without. */
export function inspectProtected(
  signed: readonly MediaEvent[],
  unsigned: readonly MediaEvent[],
): readonly Row[] {
  return [signed, unsigned].flatMap((events) => {
    const media = events.find(({ verb }) => verb === 'Gather › Play');
    return media ? [{ verb: media.verb, plays: servedBy(media), media }] : [];
  });
}

const EXPECTED = [
  ['presigned URL', 200],
  ['presigned URL', 403],
  ['Asset', 200],
  ['proxy', 200],
] as const;

/** Whether the rows show the bug and its end. */
export function isAsExpected(rows: readonly Row[]): boolean {
  return EXPECTED.every(
    ([plays, status], index) =>
      rows[index]?.plays === plays && rows[index]?.media.status === status,
  );
}
