import { createHash, createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto';
import { HttpRequest } from '@smithy/protocol-http';
import { SignatureV4 } from '@smithy/signature-v4';
import aws4 from 'aws4';
import * as v from 'valibot';
import type { objectAddress, S3Location } from '../../src/s3/address';
import type { signHeaders } from '../../src/sigv4/sign';
import { bundleAndLoad } from '../bundle';
import type { Contender, Sample } from '../measure';
import type { Bench, Checkout, Table } from '../table';

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

export const signing: Table = {
  name: 'signing',
  title: 'Signing one GET to S3',
  about:
    'The time of one signature in the Authorization header, in a process that signs all the time. The floor is what no signer can leave out: one hash and one HMAC of node:crypto with a signing key that is derived once, and the date as text. "with the address" begins with bucket, region and key instead of host and path. The libraries sign as their own documentation shows, with the signing keys that they keep by themselves.',
  async run(bench) {
    const batch = bench.quick ? 200 : 2000;
    const floor = floorSigner();
    const ours = bench.checkouts.flatMap((checkout) => contendersOf(checkout, bench, batch));
    const { label: aws4Label } = await bench.peers.npm('aws4');
    const { label: smithyLabel } = await bench.peers.npm('@smithy/signature-v4');
    const smithy = new SignatureV4({
      service: 's3',
      region: REGION,
      credentials: CREDENTIALS,
      sha256: NativeSha256,
      uriEscapePath: false,
    });
    const contenders: Contender[] = [
      { name: 'floor: node:crypto alone', measure: () => timed(batch, floor) },
      ...ours,
      {
        name: aws4Label,
        measure: () =>
          timed(batch, (index) =>
            aws4.sign(
              { service: 's3', region: REGION, host: HOST, path: pathAt(index) },
              CREDENTIALS,
            ),
          ),
      },
      {
        name: smithyLabel,
        measure: () =>
          timedAsync(batch, (index) =>
            smithy.sign(
              new HttpRequest({
                method: 'GET',
                hostname: HOST,
                path: pathAt(index),
                headers: { host: HOST },
              }),
            ),
          ),
      },
      await aws4fetchContender(bench, batch / 10),
    ];
    const section = await bench.measure({
      title: '',
      figures: [{ name: 'us', title: 'one signature', unit: 'µs' }],
      contenders,
      beside: 'floor: node:crypto alone',
      rounds: bench.quick ? 5 : 51,
      // Until the compiler has optimised each of them.
      warmUps: bench.quick ? 50 : 10,
      notes: [`Each sample is the mean of ${batch} signatures of different keys.`],
    });
    return [section];
  },
};

const pathAt = (index: number) => PATHS[index % PATHS.length] ?? '';
const keyAt = (index: number) => KEYS[index % KEYS.length] ?? '';

function timed(count: number, sign: (index: number) => unknown): Sample {
  const start = performance.now();
  for (let index = 0; index < count; index += 1) sign(index);
  return { us: ((performance.now() - start) * 1000) / count };
}

async function timedAsync(
  count: number,
  sign: (index: number) => Promise<unknown>,
): Promise<Sample> {
  const start = performance.now();
  for (let index = 0; index < count; index += 1) await sign(index);
  return { us: ((performance.now() - start) * 1000) / count };
}

const signer = v.object({
  signHeaders: v.custom<typeof signHeaders>((it) => typeof it === 'function'),
  objectAddress: v.custom<typeof objectAddress>((it) => typeof it === 'function'),
});

function contendersOf({ name, directory }: Checkout, bench: Bench, batch: number): Contender[] {
  const lines =
    "export { signHeaders } from './src/sigv4/sign'; export { objectAddress } from './src/s3/address';";
  const loaded = bundleAndLoad(lines, directory, bench.file(`signing/${name}.js`));
  const { signHeaders, objectAddress } = v.parse(signer, loaded);
  const sign = (host: string, path: string) =>
    signHeaders(
      { method: 'GET', host, path },
      { credentials: CREDENTIALS, region: REGION, now: new Date() },
    );
  return [
    { name, measure: () => timed(batch, (index) => sign(HOST, pathAt(index))) },
    {
      name: `${name}, with the address`,
      measure: () =>
        timed(batch, (index) => {
          const { host, path } = objectAddress(LOCATION, keyAt(index));
          return sign(host, path);
        }),
    },
  ];
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

const aws4fetch = v.object({
  AwsClient: v.custom<
    new (
      options: Record<string, string>,
    ) => { sign(url: string): Promise<unknown> }
  >((it) => typeof it === 'function'),
});

async function aws4fetchContender({ peers }: Bench, batch: number): Promise<Contender> {
  const peer = await peers.npm('aws4fetch');
  if ('missing' in peer) return { name: peer.label, missing: peer.missing };
  const { AwsClient } = v.parse(aws4fetch, peer.load());
  const client = new AwsClient({ ...CREDENTIALS, service: 's3', region: REGION });
  return {
    name: peer.label,
    measure: () => timedAsync(batch, (index) => client.sign(`https://${HOST}${pathAt(index)}`)),
  };
}
