import { Agent, request as sendRequest } from 'node:http';
import { text } from 'node:stream/consumers';
import aws4 from 'aws4';
import type { S3Access } from './s3-access';

/** Requests at once: more do not make Ceph's memory store faster. */
const UPLOADS = 32;

/** Makes a bucket of these objects. */
export async function fillBucket(
  { endpoint, region, credentials, bucket }: S3Access,
  objects: readonly { readonly key: string; readonly content: Buffer }[],
): Promise<void> {
  const { host, hostname, port } = new URL(endpoint);
  const agent = new Agent({ keepAlive: true });
  const put = async (path: string, body: Buffer) => {
    const unsigned = {
      service: 's3',
      region,
      method: 'PUT',
      host,
      path,
      headers: { 'X-Amz-Content-Sha256': 'UNSIGNED-PAYLOAD', 'Content-Length': body.length },
    };
    const { headers = {} } = aws4.sign(unsigned, credentials);
    const request = sendRequest({ agent, hostname, port, method: 'PUT', path });
    for (const [name, value] of Object.entries(headers)) request.setHeader(name, String(value));
    await new Promise<void>((resolve, reject) => {
      request.on('error', reject).on('response', async (response) => {
        const answer = await text(response);
        if (response.statusCode === 200) resolve();
        else reject(new Error(`PUT ${path}: ${response.statusCode} ${answer}`));
      });
      request.end(body);
    });
  };
  await put(`/${bucket}`, Buffer.alloc(0));
  const left = objects.values();
  const upload = async () => {
    for (const { key, content } of left) {
      await put(`/${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`, content);
    }
  };
  await Promise.all(Array.from({ length: UPLOADS }, upload));
  agent.destroy();
}
