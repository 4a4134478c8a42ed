import { createHmac, hash } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import { type Callback, type Context, passOn } from './function';

/** The least that fetches an object from S3: one signature, one request. */
export function handler(
  context: Context,
  event: { readonly key: string },
  callback: Callback,
): void {
  const { S3_REGION: region = '', S3_ACCESS_KEY_ID: id, S3_SECRET_ACCESS_KEY: secret } = context;
  const { protocol, hostname, port, host } = new URL(context.S3_ENDPOINT ?? '');
  const path = `/${context.S3_BUCKET}/${event.key}`;
  const date = new Date().toISOString().replace(/[-:]|\.\d{3}/g, '');
  const day = date.slice(0, 8);
  const scope = `${day}/${region}/s3/aws4_request`;
  const empty = hash('sha256', '');
  const names = 'host;x-amz-content-sha256;x-amz-date';
  const canonical = `GET\n${path}\n\nhost:${host}\nx-amz-content-sha256:${empty}\nx-amz-date:${date}\n\n${names}\n${empty}`;
  const hmac = (key: string | Buffer, text: string) =>
    createHmac('sha256', key).update(text).digest();
  const key = hmac(hmac(hmac(hmac(`AWS4${secret}`, day), region), 's3'), 'aws4_request');
  const text = `AWS4-HMAC-SHA256\n${date}\n${scope}\n${hash('sha256', canonical)}`;
  const headers = {
    'x-amz-content-sha256': empty,
    'x-amz-date': date,
    authorization: `AWS4-HMAC-SHA256 Credential=${id}/${scope}, SignedHeaders=${names}, Signature=${hmac(key, text).toString('hex')}`,
  };
  const { request } = protocol === 'https:' ? https : http;
  request({ hostname, port, path, headers }, passOn(callback)).on('error', callback).end();
}
