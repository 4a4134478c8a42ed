import { createHmac, hash } from 'node:crypto';
import { Agent, request } from 'node:http';
import * as v from 'valibot';
import { median } from '../measure';
import { answerParent } from './answer';
import { type Load, loadQuestion } from './load-messages';

// Sends requests over kept connections, and tells how fast they were answered.

answerParent('ready', async (asked) => {
  const load = v.parse(loadQuestion, asked);
  // For this load only: a server closes what is idle until the next one, maybe as it is used again.
  const agent = new Agent({ keepAlive: true, noDelay: true });
  const times: number[] = [];
  const start = performance.now();
  const end = start + load.milliseconds;
  const headers = headersFor(load);
  const sendUntilEnd = async () => {
    do {
      const sent = performance.now();
      await send(load, agent, headers());
      times.push(performance.now() - sent);
    } while (performance.now() < end);
  };
  await Promise.all(Array.from({ length: load.connections }, sendUntilEnd)).finally(() =>
    agent.destroy(),
  );
  return {
    p50: median(times),
    perSecond: (times.length * 1000) / (performance.now() - start),
  };
});

function send(
  { url, method, body, bytes }: Load,
  agent: Agent,
  headers: Record<string, string>,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, agent, headers }, (response) => {
      let received = 0;
      response.on('data', (chunk: Buffer) => {
        received += chunk.length;
      });
      response.on('error', reject);
      response.on('end', () => {
        const { statusCode } = response;
        if (statusCode === 200 && (bytes ?? received) === received) resolve();
        else reject(new Error(`${url.split('?')[0]} answered ${statusCode}, ${received} bytes`));
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** The headers of each request; the signature of one GET, for the time of this load. */
function headersFor({ url, body, signer }: Load): () => Record<string, string> {
  if (signer === undefined) {
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    return () => (body === undefined ? {} : { ...form, 'content-length': String(body.length) });
  }
  const { host, pathname } = new URL(url);
  const emptyHash = hash('sha256', '');
  const day = new Date().toISOString().slice(0, 10).replaceAll('-', '');
  const scope = `${day}/${signer.region}/s3/aws4_request`;
  const hmac = (key: string | Buffer, text: string) =>
    createHmac('sha256', key).update(text).digest();
  const key = [day, signer.region, 's3', 'aws4_request'].reduce<string | Buffer>(
    hmac,
    `AWS4${signer.secretAccessKey}`,
  );
  const names = 'host;x-amz-content-sha256;x-amz-date';
  return () => {
    const date = new Date().toISOString().replace(/[-:]|\.\d{3}/g, '');
    const canonical = `GET\n${pathname}\n\nhost:${host}\nx-amz-content-sha256:${emptyHash}\nx-amz-date:${date}\n\n${names}\n${emptyHash}`;
    const text = `AWS4-HMAC-SHA256\n${date}\n${scope}\n${hash('sha256', canonical)}`;
    const signature = hmac(Buffer.from(key), text).toString('hex');
    return {
      'x-amz-content-sha256': emptyHash,
      'x-amz-date': date,
      authorization: `AWS4-HMAC-SHA256 Credential=${signer.accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`,
    };
  };
}
