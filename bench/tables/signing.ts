import { join } from 'node:path';
import * as v from 'valibot';
import { bundle } from '../bundle';
import { startChild } from '../child';
import type { Contender } from '../measure';
import type { NpmPeer } from '../peers';
import type { Bench, Table } from '../table';

const FLOOR = 'floor: node:crypto alone';

export const signing: Table = {
  name: 'signing',
  title: 'Signing one GET to S3',
  about:
    'The time of one signature in the Authorization header, in a process that does nothing else. The floor is what no signer can leave out: one hash and one HMAC of node:crypto with a signing key that is derived once, and the date as text. "with the address" begins with bucket, region and key instead of host and path. The libraries sign as their own documentation shows, with the signing keys that they keep by themselves.',
  async run(bench) {
    const contenders: Contender[] = [await signer(bench, FLOOR, 'floor')];
    for (const { name, directory } of bench.checkouts) {
      const file = bundle(
        "export { signHeaders } from './src/sigv4/sign'; export { objectAddress } from './src/s3/address';",
        directory,
        bench.file(`signing/${name}.js`),
      );
      contenders.push(
        await signer(bench, name, 'ours', file),
        await signer(bench, `${name}, with the address`, 'ours with the address', file),
      );
    }
    contenders.push(
      await peerSigner(bench, 'aws4', 'aws4'),
      await peerSigner(bench, '@smithy/signature-v4', 'smithy'),
      await peerSigner(bench, 'aws4fetch', 'aws4fetch', ({ directory }) =>
        join(directory, 'node_modules', 'aws4fetch'),
      ),
    );
    const section = await bench.measure({
      title: '',
      figures: [{ name: 'us', title: 'one signature', unit: 'µs' }],
      contenders,
      beside: FLOOR,
      rounds: bench.quick ? 5 : 31,
      notes: ['Different keys, so that nothing can remember the last signature.'],
    });
    return [section];
  },
};

/** A signer in a process of its own. */
async function signer(bench: Bench, name: string, program: string, file = ''): Promise<Contender> {
  const child = await startChild(bench, 'signer', [program, file]);
  // The compiler takes some 40,000 signatures until it has optimised all of a signer.
  await child.ask({ milliseconds: bench.quick ? 100 : 2000 });
  const milliseconds = bench.quick ? 20 : 100;
  return {
    name,
    measure: async () => ({ us: v.parse(v.number(), await child.ask({ milliseconds })) }),
  };
}

async function peerSigner(
  bench: Bench,
  packageName: string,
  program: string,
  fileOf: (peer: NpmPeer) => string = () => '',
): Promise<Contender> {
  const peer = await bench.peers.npm(packageName);
  if ('missing' in peer) return { name: peer.label, missing: peer.missing };
  return signer(bench, peer.label, program, fileOf(peer));
}
