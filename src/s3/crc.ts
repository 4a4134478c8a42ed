import { Crc32c, Crc64NvmeJs } from '@aws-sdk/checksums/crc';
import type { Crcs } from './verify';

/** The CRCs of S3's that Node does not have. */
export const crcs: Crcs = {
  crc32c: (body) => digestBy(new Crc32c(), body),
  crc64nvme: (body) => digestBy(new Crc64NvmeJs(), body),
};

interface Digester {
  update(body: Uint8Array): void;
  digest(): Promise<Uint8Array>;
}

async function digestBy(digester: Digester, body: Buffer): Promise<string> {
  digester.update(body);
  return Buffer.from(await digester.digest()).toString('base64');
}
