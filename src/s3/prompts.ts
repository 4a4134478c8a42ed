import {
  GetObjectCommand,
  paginateListObjectsV2,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import type { S3Config } from '../config';
import { messageOf, PlayError } from '../errors';

/** An object as a listing describes it. */
export interface PromptObject {
  readonly key: string;
  /** With its quotes, as S3 gives it. */
  readonly etag: string;
  /** Bytes. */
  readonly size: number;
  readonly lastModified: Date;
}

/** S3 refused a request or could not be reached. */
export class S3Error extends PlayError {}

/** The prompts of one bucket, under one prefix, as the sync reads them. */
export class PromptBucket {
  readonly #client: S3Client;
  readonly #s3: S3Config;

  constructor(s3: S3Config) {
    this.#s3 = s3;
    this.#client = new S3Client({
      region: s3.region,
      credentials: s3.credentials,
      ...(s3.endpoint !== undefined && { endpoint: s3.endpoint, forcePathStyle: true }),
    });
  }

  /**
   * All objects under the prefix.
   *
   * @throws {S3Error} when a page cannot be read: half a listing is none.
   */
  async list(): Promise<PromptObject[]> {
    const { bucket, prefix } = this.#s3;
    const objects: PromptObject[] = [];
    try {
      const pages = paginateListObjectsV2(
        { client: this.#client },
        { Bucket: bucket, Prefix: prefix },
      );
      for await (const { Contents = [] } of pages) {
        for (const { Key, ETag, Size, LastModified } of Contents) {
          if (Key === undefined || ETag === undefined || LastModified === undefined) {
            throw new S3Error(`Listing bucket ${bucket}: S3 left out a key, ETag or date.`);
          }
          // Consoles make "folders" as empty objects whose key ends with a slash.
          if (Key.endsWith('/')) continue;
          objects.push({ key: Key, etag: ETag, size: Size ?? 0, lastModified: LastModified });
        }
      }
    } catch (thrown) {
      throw s3Error(`Listing bucket ${bucket}`, 's3:ListBucket', thrown);
    }
    return objects;
  }

  /**
   * The bytes of an object, exactly as listed.
   *
   * @throws {S3Error} when it changed meanwhile or cannot be read whole.
   */
  async fetch({ key, etag, size }: PromptObject): Promise<Buffer> {
    const tried = `Reading ${key} from bucket ${this.#s3.bucket}`;
    try {
      const { Body } = await this.#client.send(
        new GetObjectCommand({ Bucket: this.#s3.bucket, Key: key, IfMatch: etag }),
      );
      const content = Buffer.from((await Body?.transformToByteArray()) ?? []);
      if (content.length === size) return content;
      throw new S3Error(`${tried}: ${content.length} bytes came instead of ${size}.`);
    } catch (thrown) {
      throw s3Error(tried, 's3:GetObject', thrown);
    }
  }

  close(): void {
    this.#client.destroy();
  }
}

function s3Error(tried: string, permission: string, thrown: unknown): S3Error {
  if (thrown instanceof S3Error) return thrown;
  if (!(thrown instanceof S3ServiceException)) {
    return new S3Error(`${tried}: S3 could not be reached: ${messageOf(thrown)}.`, {
      cause: thrown,
    });
  }
  const status = thrown.$metadata.httpStatusCode;
  const advice =
    status === 403
      ? ` Check S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY and that the key may ${permission}.`
      : '';
  // S3's own message may repeat the signature, so that only its code is told.
  return new S3Error(`${tried}: S3 answered ${status} ${thrown.name}.${advice}`);
}
