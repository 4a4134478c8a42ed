import { PLAYED_TYPES } from '../src/media-types';
import { audioSeconds } from './duration';
import { TwilioError } from './errors';
import { answeredParameters, type Line } from './line';
import { encodeParameters, type Parameters } from './parameters';
import type { HttpAnswer } from './request';
import type { TwimlNode } from './twiml';
import type { MediaStep } from './types';
import { appendQuery, describeUrl, queryOf, resolveUrl } from './url';

/** Redirects in a row after which a request fails; Twilio does not document its number. */
const MAX_REDIRECTS = 10;

/** What a fetch found out, as far as it came. */
type Found = Partial<MediaStep>;

/**
 * Fetches what a `<Play>` plays: with the call's parameters appended where Twilio did so in 2019
 * (`append`), and following redirects.
 * @param base the URL of the document that the verb stands in
 */
export async function fetchMedia(
  line: Line,
  play: TwimlNode,
  verb: MediaStep['verb'],
  base: string | undefined,
): Promise<MediaStep> {
  const url = play.text;
  const appended = parametersFor(line, verb);
  const startedAt = line.now();
  const found = await attempt(line, { url, verb, appended, base });
  const milliseconds = line.now() - startedAt;
  return {
    kind: 'media',
    verb,
    url,
    mediaUrl: url,
    appended: Object.keys(appended).length,
    signed: line.signMedia,
    redirects: [],
    loop: Number(play.attributes.loop ?? 1),
    bytes: 0,
    ...found,
    durationSeconds: await durationOf(found),
    milliseconds,
  };
}

async function attempt(
  line: Line,
  media: { url: string; verb: MediaStep['verb']; appended: Parameters; base: string | undefined },
): Promise<Found> {
  let found: Found = {};
  try {
    if (media.url === '') throw new TwilioError(11100, 'Invalid URL format: <Play> is empty');
    const mediaUrl = appendQuery(
      resolveUrl(media.url, media.base),
      encodeParameters(media.appended),
    );
    found = { mediaUrl };
    const { answer, redirects } = await followRedirects(line, mediaUrl);
    found = { ...found, redirects, ...describe(answer) };
    checkPlayable(media.verb, mediaUrl, answer);
    return found;
  } catch (error) {
    if (!(error instanceof TwilioError)) throw error;
    return { ...found, errorCode: error.code, errorMessage: error.message };
  }
}

function parametersFor(line: Line, verb: MediaStep['verb']): Parameters {
  const isAppended =
    line.append === 'always' || (line.append === 'gather' && verb === 'Gather › Play');
  return isAppended ? answeredParameters(line) : {};
}

/** The first URL's parameters are carried along to where a redirect leads, as Twilio does. */
async function followRedirects(
  line: Line,
  first: string,
): Promise<{ answer: HttpAnswer; redirects: readonly string[] }> {
  const redirects: string[] = [];
  for (let url = first; ; ) {
    const headers = line.signMedia ? { 'X-Twilio-Signature': line.sign(url) } : {};
    const answer = await line.send({ method: 'GET', url, headers, timeoutMs: line.timeoutMs });
    const { location } = answer.headers;
    if (![301, 302, 303, 307, 308].includes(answer.status) || location === undefined) {
      return { answer, redirects };
    }
    if (redirects.length === MAX_REDIRECTS) {
      throw new TwilioError(11215, `HTTP too many redirects: ${describeUrl(first)}`);
    }
    url = appendQuery(resolveUrl(location, url), queryOf(first));
    redirects.push(url);
  }
}

function describe({ status, headers, body }: HttpAnswer): Found {
  const contentType = headers['content-type'];
  return { status, contentType, bytes: body.length, body, s3ErrorCode: s3ErrorCodeOf(body) };
}

/** @throws TwilioError what Twilio makes of the answer */
function checkPlayable(
  verb: MediaStep['verb'],
  url: string,
  { status, headers }: HttpAnswer,
): void {
  const where = describeUrl(url);
  if (status < 200 || status > 299) {
    throw new TwilioError(11200, `HTTP retrieval failure: ${where} answered ${status}`);
  }
  const contentType = headers['content-type'];
  if (!contentType) throw new TwilioError(12300, `Invalid Content-Type: ${where} sent none`);
  if (!isAudio(contentType)) {
    const code = verb === 'Play' ? 13420 : 13325;
    throw new TwilioError(code, `${verb}: Invalid Content-Type: ${where} sent '${contentType}'`);
  }
}

async function durationOf({ body, contentType }: Found): Promise<number | undefined> {
  return body && isAudio(contentType) ? audioSeconds(body, contentType) : undefined;
}

function isAudio(contentType = ''): boolean {
  const [type = ''] = contentType.split(';', 1);
  return PLAYED_TYPES.has(type.trim().toLowerCase());
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#RESTErrorResponses */
function s3ErrorCodeOf(body: Buffer): string | undefined {
  const start = body.subarray(0, 4_096).toString('utf8');
  return /^(?:<\?xml[^>]*\?>)?\s*<Error>.*?<Code>(\w{1,64})<\/Code>/s.exec(start)?.[1];
}
