import { spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { MissingContender } from './measure';
import { freeOrigin, isServed, type PeerServer } from './rclone';
import type { BenchS3 } from './s3';
import type { Bench } from './table';

/** nginx as a gateway to the bucket: a script signs each request. One worker, as a Function has one core. */
export async function startNginx(
  bench: Bench,
  s3: BenchS3,
  { hasCache = false } = {},
): Promise<PeerServer | MissingContender> {
  const peer = await bench.peers.debian('nginx');
  const kind = hasCache ? 'its cache' : 'signing gateway';
  if ('missing' in peer) return { name: `nginx, ${kind}`, missing: peer.missing };
  const origin = await freeOrigin();
  const file = bench.file(`nginx-${process.pid}-${hasCache ? 'cache' : 'plain'}/nginx.conf`);
  const folder = dirname(file);
  mkdirSync(folder, { recursive: true });
  bench.defer(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(file, configuration(folder, new URL(origin).port, s3, hasCache));
  writeFileSync(`${folder}/sign.js`, script(s3));
  const child = spawn('nginx', ['-c', file, '-p', folder, '-e', `${folder}/error.log`], {
    env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` },
    stdio: 'ignore',
  });
  if (!(await isServed(bench, child, `${origin}/health`))) {
    return { name: `nginx, ${kind}`, missing: 'it does not start' };
  }
  return { name: `${peer.label}, ${kind}`, origin };
}

const MODULE = '/usr/lib/nginx/modules/ngx_http_js_module.so';

function configuration(folder: string, port: string, s3: BenchS3, hasCache: boolean): string {
  const cache = `proxy_cache prompts; proxy_cache_valid 200 1d;`;
  return `load_module ${MODULE};
daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
events { worker_connections 256; }
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  proxy_cache_path ${folder}/cache keys_zone=prompts:1m;
  # Room in memory for 1 MB, so that no answer goes through a file.
  proxy_buffers 64 16k;
  keepalive_requests 1000000;
  js_import sign from ${folder}/sign.js;
  js_set $amz_date sign.date;
  js_set $authorization sign.authorization;
  upstream s3 { server ${new URL(s3.endpoint).host}; keepalive 64; keepalive_requests 1000000; }
  server {
    listen 127.0.0.1:${port};
    location = /health { return 200; }
    location / {
      ${hasCache ? cache : ''}
      proxy_pass http://s3/${s3.bucket}$uri;
      proxy_http_version 1.1;
      proxy_set_header Connection '';
      proxy_set_header Host ${new URL(s3.endpoint).host};
      proxy_set_header X-Amz-Date $amz_date;
      proxy_set_header X-Amz-Content-Sha256 ${EMPTY_BODY_HASH};
      proxy_set_header Authorization $authorization;
    }
  }
}
`;
}

/** SHA-256 of a body of no bytes. */
const EMPTY_BODY_HASH = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** Signature Version 4 in nginx's JavaScript, for keys that need no escaping. */
function script({ endpoint, bucket, region, credentials }: BenchS3): string {
  const { accessKeyId, secretAccessKey } = credentials;
  return `import crypto from 'crypto';

const emptyHash = '${EMPTY_BODY_HASH}';
const names = 'host;x-amz-content-sha256;x-amz-date';
const hmac = (key, text) => crypto.createHmac('sha256', key).update(text);

function date() {
  return new Date().toISOString().replace(/[-:]|\\.\\d+/g, '');
}

function authorization(r) {
  const amzDate = r.variables.amz_date;
  const day = amzDate.slice(0, 8);
  const scope = day + '/${region}/s3/aws4_request';
  const canonical = ['GET', '/${bucket}' + r.uri, '', 'host:${new URL(endpoint).host}',
    'x-amz-content-sha256:' + emptyHash, 'x-amz-date:' + amzDate, '', names, emptyHash].join('\\n');
  const hash = crypto.createHash('sha256').update(canonical).digest('hex');
  const text = ['AWS4-HMAC-SHA256', amzDate, scope, hash].join('\\n');
  let key = hmac('AWS4${secretAccessKey}', day).digest();
  ['${region}', 's3', 'aws4_request'].forEach((part) => { key = hmac(key, part).digest(); });
  return 'AWS4-HMAC-SHA256 Credential=${accessKeyId}/' + scope + ', SignedHeaders=' + names +
    ', Signature=' + hmac(key, text).digest('hex');
}

export default { date, authorization };
`;
}
