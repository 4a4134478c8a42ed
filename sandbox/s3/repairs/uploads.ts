import { pipeline } from 'node:stream';
import type { S3Context } from '@20minutes/s3rver';
import objects from '@20minutes/s3rver/lib/controllers/object';
import S3Error from '@20minutes/s3rver/lib/models/error';
import { VerifiedBody } from '../verified-body';

/** The server reads a body from `ctx.req`, which is all that it wants of it by then. */
function withBody(ctx: S3Context, body: VerifiedBody): S3Context {
  pipeline(ctx.req, body, () => {
    // The error reaches whoever reads the body.
  });
  return Object.create(ctx, { req: { value: body } });
}

/** Has every upload checked against what its headers claim, and stored only if it is that. */
export function verifyUploads(): void {
  for (const name of ['putObject', 'uploadPart', 'completeMultipartUpload'] as const) {
    const serve = objects[name];
    objects[name] = async (ctx) => {
      if (ctx.headers['content-length'] === undefined) {
        throw new S3Error(
          'MissingContentLength',
          'You must provide the Content-Length HTTP header.',
        );
      }
      const body = new VerifiedBody(ctx.headers);
      await serve(withBody(ctx, body));
      for (const [header, value] of Object.entries(body.checksums)) ctx.set(header, value);
    };
  }
}
