import { randomBytes } from 'node:crypto';
import type { S3Context, S3Middleware } from '@20minutes/s3rver';
import S3Error from '@20minutes/s3rver/lib/models/error';
import { recall } from './received-request';

/** S3 shows all that it signed, so that a client can compare; the server shows half of it. */
function explainMismatch(error: S3Error, ctx: S3Context): void {
  if (error.code !== 'SignatureDoesNotMatch') return;
  error.detail = { ...error.detail, ...recall(ctx.headers)?.explanation };
}

/**
 * Gives every answer the ids that people quote to AWS's support.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/RESTCommonResponseHeaders.html
 */
export const identifyAnswers: S3Middleware = async (ctx, next) => {
  const ids = {
    RequestId: randomBytes(8).toString('hex').toUpperCase(),
    HostId: randomBytes(48).toString('base64'),
  };
  ctx.set('x-amz-request-id', ids.RequestId);
  ctx.set('x-amz-id-2', ids.HostId);
  try {
    await next();
  } catch (error) {
    if (error instanceof S3Error) {
      explainMismatch(error, ctx);
      error.detail = { ...error.detail, ...ids };
    }
    throw error;
  }
};
