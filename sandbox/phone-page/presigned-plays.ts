import type { SendRequest } from '../../phone';
import { isXml, type XmlElement } from '../../phone/xml';
import { formatXml, parseXml } from './xml';

export interface PresignedPlaysOptions {
  /** The S3 key of what a URL plays; undefined for what is no prompt of the bucket. */
  readonly keyOf: (url: string) => string | undefined;
  /** Makes a presigned URL of a key. */
  readonly presign: (key: string) => Promise<string>;
}

/**
 * Plays prompts by presigned URLs, as people do it today. The deployment answers with its own URLs; each
 * `<Play>` of them is replaced before the phone reads the TwiML. So the call is the one that a Function
 * would lead that presigns its URLs, and everything else in it stays as it is.
 */
export function playPresigned(
  send: SendRequest,
  { keyOf, presign }: PresignedPlaysOptions,
): SendRequest {
  const replace = async (element: XmlElement): Promise<XmlElement> => {
    const [text] = element.content;
    const isPlay = element.name === 'Play' && typeof text === 'string';
    const key = isPlay ? keyOf(text.trim()) : undefined;
    if (key !== undefined) return { ...element, content: [await presign(key)] };
    const content = await Promise.all(
      element.content.map((piece) => (typeof piece === 'string' ? piece : replace(piece))),
    );
    return { ...element, content };
  };
  return async (request) => {
    const response = await send(request);
    const root = isXml(response.headers['content-type']) ? parseXml(response.body) : undefined;
    if (root?.name !== 'Response') return response;
    const body = Buffer.from(formatXml(await replace(root)));
    const headers = { ...response.headers, 'content-length': String(body.length) };
    return { ...response, headers, body };
  };
}
