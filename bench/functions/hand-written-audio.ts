import http from 'node:http';
import https from 'node:https';
import aws4 from 'aws4';
import { type Callback, type Context, passOn } from './function';

const agents = {
  'http:': new http.Agent({ keepAlive: true }),
  'https:': new https.Agent({ keepAlive: true }),
};

/**
 * As an experienced developer writes it: aws4 and node:http over kept connections. It checks no URL,
 * tries nothing again, verifies nothing, and has room for every object.
 */
export function handler(
  context: Context,
  event: { readonly key: string },
  callback: Callback,
): void {
  const { protocol, hostname, port, host } = new URL(context.S3_ENDPOINT ?? '');
  const path = `/${context.S3_BUCKET}/${event.key.split('/').map(encodeURIComponent).join('/')}`;
  const { headers } = aws4.sign(
    { service: 's3', region: context.S3_REGION, host, path },
    { accessKeyId: context.S3_ACCESS_KEY_ID, secretAccessKey: context.S3_SECRET_ACCESS_KEY },
  );
  const { request } = protocol === 'https:' ? https : http;
  const agent = protocol === 'https:' ? agents['https:'] : agents['http:'];
  request({ hostname, port, path, headers: { ...headers }, agent }, passOn(callback))
    .on('error', callback)
    .end();
}
