import { Agent, request as sendRequest } from 'node:http';
import { text } from 'node:stream/consumers';
import { signHeaders } from '../src/sigv4/sign';
import type { S3Access } from './stand-ins/s3-access';

/**
 * The least that lists a bucket: page after page it counts `<Key>`, and reads and checks nothing of
 * what a listing says.
 */
export async function countKeys(
  { endpoint, region, credentials, bucket }: S3Access,
  prefix: string,
): Promise<number> {
  const { host, hostname, port } = new URL(endpoint);
  const agent = new Agent({ keepAlive: true });
  const path = `/${bucket}`;
  let keys = 0;
  for (let token: string | undefined; ; ) {
    const query = [
      ...(token === undefined ? [] : [`continuation-token=${encode(token)}`]),
      'list-type=2',
      `prefix=${encode(prefix)}`,
    ].join('&');
    const headers = signHeaders(
      { method: 'GET', host, path, query },
      { region, credentials, now: new Date() },
    );
    const page = await new Promise<string>((resolve, reject) => {
      sendRequest({ agent, hostname, port, path: `${path}?${query}`, headers })
        .on('error', reject)
        .on('response', (response) => void text(response).then(resolve, reject))
        .end();
    });
    keys += countOf(page, '<Key>');
    token = tokenIn(page);
    if (token === undefined) break;
  }
  agent.destroy();
  return keys;
}

export function countOf(text: string, word: string): number {
  let count = 0;
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + word.length))
    count += 1;
  return count;
}

/** The token of the next page; undefined on the last one. */
export function tokenIn(page: string): string | undefined {
  return /<NextContinuationToken>([^<]+)/.exec(page)?.[1]?.replace(/&(\w+);/g, (_, name) => {
    return { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }[String(name)] ?? '';
  });
}

const encode = (text: string) =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
