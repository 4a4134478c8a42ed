import { createHash, createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto';
import { HttpRequest } from '@smithy/protocol-http';
import { SignatureV4 } from '@smithy/signature-v4';
import aws4 from 'aws4';
import * as v from 'valibot';
import type { objectAddress, S3Location } from '../../src/s3/address';
import type { signHeaders } from '../../src/sigv4/sign';
import { answerParent } from './answer';

// Signs all the time, with one signer. Arguments: its name, and the file that it is loaded from.

/** AWS's documented example. */
const CREDENTIALS = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};
const REGION = 'eu-central-1';
const HOST = `prompts.s3.${REGION}.amazonaws.com`;
const LOCATION: S3Location = {
  bucket: 'prompts',
  region: REGION,
  endpoint: undefined,
  addressingStyle: 'auto',
};

/** Different ones, so that nothing can remember the last signature. */
const KEYS = Array.from({ length: 1000 }, (_, index) => `prompts/menu/question ${index}.mp3`);
const PATHS = KEYS.map((key) => `/${key.replaceAll(' ', '%20')}`);
const pathAt = (index: number) => PATHS[index % PATHS.length] ?? '';
const keyAt = (index: number) => KEYS[index % KEYS.length] ?? '';

type Sign = (index: number) => unknown;

const isFunction = (it: unknown) => typeof it === 'function';
const ourSigner = v.object({ signHeaders: v.custom<typeof signHeaders>(isFunction) });
const ourAddress = v.object({ objectAddress: v.custom<typeof objectAddress>(isFunction) });
const aws4fetch = v.object({
  AwsClient:
    v.custom<new (options: Record<string, string>) => { sign(url: string): Promise<unknown> }>(
      isFunction,
    ),
});

const [, , name = '', file = ''] = process.argv;

const SIGNERS: Readonly<Record<string, () => Sign>> = {
  floor: floorSigner,
  ours: () => {
    const sign = oursFrom(file);
    return (index) => sign(HOST, pathAt(index));
  },
  'ours with the address': () => {
    const sign = oursFrom(file);
    const { objectAddress } = v.parse(ourAddress, require(file));
    return (index) => {
      const { host, path } = objectAddress(LOCATION, keyAt(index));
      return sign(host, path);
    };
  },
  aws4: () => (index) =>
    aws4.sign({ service: 's3', region: REGION, host: HOST, path: pathAt(index) }, CREDENTIALS),
  smithy: () => {
    const signer = new SignatureV4({
      service: 's3',
      region: REGION,
      credentials: CREDENTIALS,
      sha256: NativeSha256,
      uriEscapePath: false,
    });
    return (index) =>
      signer.sign(
        new HttpRequest({
          method: 'GET',
          hostname: HOST,
          path: pathAt(index),
          headers: { host: HOST },
        }),
      );
  },
  aws4fetch: () => {
    const { AwsClient } = v.parse(aws4fetch, require(file));
    const client = new AwsClient({ ...CREDENTIALS, service: 's3', region: REGION });
    return (index) => client.sign(`https://${HOST}${pathAt(index)}`);
  },
};

function oursFrom(path: string) {
  const { signHeaders } = v.parse(ourSigner, require(path));
  return (host: string, path: string) =>
    signHeaders(
      { method: 'GET', host, path },
      { credentials: CREDENTIALS, region: REGION, now: new Date() },
    );
}

const EMPTY_BODY_HASH = hash('sha256', '');

/** The least that gives S3 a signature that it accepts. */
function floorSigner(): (index: number) => Record<string, string> {
  const day = new Date().toISOString().slice(0, 10).replaceAll('-', '');
  const scope = `${day}/${REGION}/s3/aws4_request`;
  const key = signingKey(day);
  const signedHeaders = 'host;x-amz-content-sha256;x-amz-date';
  return (index) => {
    const date = new Date().toISOString().replace(/[-:]|\.\d{3}/g, '');
    const canonical = `GET\n${pathAt(index)}\n\nhost:${HOST}\nx-amz-content-sha256:${EMPTY_BODY_HASH}\nx-amz-date:${date}\n\n${signedHeaders}\n${EMPTY_BODY_HASH}`;
    const text = `AWS4-HMAC-SHA256\n${date}\n${scope}\n${hash('sha256', canonical)}`;
    const signature = createHmac('sha256', key).update(text).digest('hex');
    return {
      host: HOST,
      'x-amz-content-sha256': EMPTY_BODY_HASH,
      'x-amz-date': date,
      authorization: `AWS4-HMAC-SHA256 Credential=${CREDENTIALS.accessKeyId}/${scope}, SignedHeaders=${signedHeaders}, Signature=${signature}`,
    };
  };
}

function signingKey(day: string): KeyObject {
  const derived = [day, REGION, 's3', 'aws4_request'].reduce<string | Buffer>(
    (key, text) => createHmac('sha256', key).update(text).digest(),
    `AWS4${CREDENTIALS.secretAccessKey}`,
  );
  return createSecretKey(Buffer.from(derived));
}

/** The hash that AWS's SDK gives Smithy's signer on Node: the one of node:crypto. */
class NativeSha256 {
  readonly #hash;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash =
      secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret));
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(bytesOf(data));
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {
    throw new Error('The signer resets no hash.');
  }
}

function bytesOf(data: string | ArrayBuffer | ArrayBufferView): string | Uint8Array {
  if (typeof data === 'string') return data;
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}

const sign = SIGNERS[name]?.();
const question = v.object({ milliseconds: v.number() });

/** How long one signature takes, in microseconds: the mean of as many as the time allows. */
answerParent('ready', async (asked) => {
  const { milliseconds } = v.parse(question, asked);
  if (sign === undefined) throw new Error(`there is no signer called ${name}`);
  const start = performance.now();
  let count = 0;
  for (;;) {
    // Not more awaiting than a signer needs.
    for (const end = count + 100; count < end; count += 1) {
      const signed = sign(count);
      if (signed instanceof Promise) await signed;
    }
    const elapsed = performance.now() - start;
    if (elapsed >= milliseconds) return (elapsed * 1000) / count;
  }
});
