import { MEDIA_REDIRECTS } from '../src/limits';
import { PLAYED_TYPES } from '../src/media-types';
import { withoutFragment } from '../src/webhook-url';
import { CallError, type MediaEvent } from './events';
import { DEFAULT_LIMITS, readOverrides } from './overrides';
import { encodeParameters, type Parameters } from './parameters';
import { appendQuery, describeUrl, type HttpResponse, queryOf, resolveUrl } from './request';
import { answeredParameters, type CallSession } from './session';
import type { TimeLimits } from './time-limits';
import type { TwimlNode } from './twiml';

/** What a fetch learned before it ended or failed. */
type Found = Partial<MediaEvent>;

/**
 * Fetches what a `<Play>` plays. It appends the call's parameters where `append` says so, as Twilio
 * did in 2019, and follows redirects.
 *
 * @param base the URL of the document that holds the verb
 */
export async function fetchMedia(
  session: CallSession,
  play: TwimlNode,
  verb: MediaEvent['verb'],
  base: string | undefined,
): Promise<MediaEvent> {
  const url = play.text;
  const appended = parametersFor(session, verb);
  const startedAt = session.now();
  const found = await attempt(session, { url, verb, appended, base });
  const milliseconds = session.now() - startedAt;
  return {
    kind: 'media',
    verb,
    url,
    mediaUrl: url,
    appended: Object.keys(appended).length,
    signed: session.signMedia,
    redirects: [],
    loop: Number(play.attributes.loop ?? 1),
    bytes: 0,
    ...found,
    durationSeconds: await durationOf(found),
    milliseconds,
  };
}

async function attempt(
  session: CallSession,
  media: { url: string; verb: MediaEvent['verb']; appended: Parameters; base: string | undefined },
): Promise<Found> {
  let found: Found = {};
  try {
    if (media.url === '') throw new CallError(11100, 'Invalid URL format: <Play> is empty');
    const resolved = resolveUrl(media.url, media.base);
    const mediaUrl = appendQuery(withoutFragment(resolved), encodeParameters(media.appended));
    found = { mediaUrl };
    const limits = session.heedMediaOverrides ? readOverrides(resolved).limits : DEFAULT_LIMITS;
    const { response, redirects } = await followRedirects(session, mediaUrl, limits);
    found = { ...found, redirects, ...describe(response) };
    checkPlayable(media.verb, mediaUrl, response);
    return found;
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    return { ...found, errorCode: error.code, errorMessage: error.message };
  }
}

function parametersFor(session: CallSession, verb: MediaEvent['verb']): Parameters {
  const isAppended =
    session.append === 'always' || (session.append === 'gather' && verb === 'Gather › Play');
  return isAppended ? answeredParameters(session) : {};
}

/** Appends the first URL's parameters to the URL of each redirect, as Twilio does. */
async function followRedirects(
  session: CallSession,
  first: string,
  limits: TimeLimits,
): Promise<{ response: HttpResponse; redirects: readonly string[] }> {
  const redirects: string[] = [];
  for (let url = first; ; ) {
    const headers = session.signMedia ? { 'X-Twilio-Signature': session.sign(url) } : {};
    const response = await session.send({
      method: 'GET',
      url,
      headers,
      limits,
    });
    const { location } = response.headers;
    if (![301, 302, 303, 307, 308].includes(response.status) || location === undefined) {
      return { response, redirects };
    }
    if (redirects.length === MEDIA_REDIRECTS) {
      throw new CallError(11215, `HTTP too many redirects: ${describeUrl(first)}`);
    }
    url = appendQuery(resolveUrl(location, url), queryOf(first));
    redirects.push(url);
  }
}

function describe({ status, headers, body }: HttpResponse): Found {
  const contentType = headers['content-type'];
  return { status, contentType, bytes: body.length, body, s3ErrorCode: s3ErrorCodeOf(body) };
}

/** @throws {CallError} with the number that Twilio has for the response */
function checkPlayable(
  verb: MediaEvent['verb'],
  url: string,
  { status, headers }: HttpResponse,
): void {
  const where = describeUrl(url);
  if (status < 200 || status > 299) {
    throw new CallError(11200, `HTTP retrieval failure: ${where} answered ${status}`);
  }
  const contentType = headers['content-type'];
  if (!contentType) throw new CallError(12300, `Invalid Content-Type: ${where} sent none`);
  if (!isAudio(contentType)) {
    const code = verb === 'Play' ? 13420 : 13325;
    throw new CallError(code, `${verb}: Invalid Content-Type: ${where} sent '${contentType}'`);
  }
}

async function durationOf({ body, contentType }: Found): Promise<number | undefined> {
  return body && isAudio(contentType) ? audioSeconds(body, contentType) : undefined;
}

/** Whether `<Play>` plays a content type. */
export function isAudio(contentType = ''): boolean {
  const [type = ''] = contentType.split(';', 1);
  return PLAYED_TYPES.has(type.trim().toLowerCase());
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#RESTErrorResponses */
function s3ErrorCodeOf(body: Buffer): string | undefined {
  const start = body.subarray(0, 4_096).toString('utf8');
  return /^(?:<\?xml[^>]*\?>)?\s*<Error>.*?<Code>(\w{1,64})<\/Code>/s.exec(start)?.[1];
}

/**
 * How long audio plays, in seconds; undefined if it cannot be read. The library is loaded at the first
 * use, as only calls that reach audio need it. An install without development packages lacks it.
 */
export async function audioSeconds(
  audio: Uint8Array,
  mimeType: string | undefined,
): Promise<number | undefined> {
  try {
    const { parseBuffer } = await import('music-metadata');
    const { format } = await parseBuffer(audio, { mimeType }, { duration: true });
    return format.duration;
  } catch {
    return undefined;
  }
}
