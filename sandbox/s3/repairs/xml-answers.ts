import type { S3Middleware } from '@20minutes/s3rver';
import S3Error from '@20minutes/s3rver/lib/models/error';
import { renderXml } from '../xml';

/** Streams, Buffers and strings are bodies already. */
function isDocument(body: unknown): body is object {
  return (
    typeof body === 'object' && body !== null && Object.getPrototypeOf(body) === Object.prototype
  );
}

/**
 * Writes documents before the server's own writer sees them: that escapes text once itself and has
 * its XML library escape it again, so that `a&b` arrives as `a&amp;b`.
 */
export const writeXmlOnce: S3Middleware = async (ctx, next) => {
  await next();
  if (!isDocument(ctx.body)) return;
  ctx.type = 'application/xml';
  ctx.body = renderXml(ctx.body);
};

/** The same for errors, which the server writes elsewhere. */
export function writeErrorXmlOnce(): void {
  S3Error.prototype.toXML = function toXML() {
    return renderXml({ Error: { Code: this.code, Message: this.message, ...this.detail } });
  };
}
