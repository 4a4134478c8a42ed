// @20minutes/s3rver ships no types. These are the parts that the sandbox builds on or repairs, in
// the shapes that version 4.0.4 has.

declare module '@20minutes/s3rver' {
  import type { IncomingHttpHeaders, IncomingMessage, RequestListener } from 'node:http';
  import type { Readable } from 'node:stream';

  /** The part of a Koa context that is used here. */
  export interface S3Context {
    readonly req: IncomingMessage;
    /** The request's own headers object, with what the server adds to it. */
    readonly headers: IncomingHttpHeaders;
    readonly method: string;
    /** The request target as it came over the wire. */
    readonly originalUrl: string;
    readonly querystring: string;
    /** Path of the request target; routing goes by it. */
    path: string;
    readonly params: { readonly bucket: string; readonly key: string };
    readonly state: { vhost?: boolean };
    readonly store: S3Store;
    status: number;
    type: string;
    body: unknown;
    set(header: string, value: string): void;
  }

  export type S3Middleware = (ctx: S3Context, next: () => Promise<void>) => Promise<void>;

  export interface S3Bucket {
    readonly name: string;
    readonly creationDate: Date;
  }

  /** Header names in lower case; of the object's own, also etag, last-modified, content-length. */
  export type S3Metadata = Readonly<Record<string, string | number>>;

  export interface StoredObject {
    readonly bucket: string;
    readonly key: string;
    readonly content: Readable | null;
    readonly metadata: S3Metadata;
    readonly size: number;
    /** Set when a part was asked for: first and last byte. */
    range?: { readonly start: number; readonly end: number };
  }

  export interface UploadedObject {
    readonly bucket: string;
    readonly key: string;
    readonly content: Readable;
    readonly metadata: S3Metadata;
  }

  /** MD5 as the ETag has it, without quotes. */
  export interface Written {
    readonly size: number;
    readonly md5: string;
  }

  /** What the controllers that stay in use ask of a store. */
  export interface S3Store {
    getBucket(bucket: string): Promise<S3Bucket | null>;
    listBuckets(): Promise<S3Bucket[]>;
    getSubresource(bucket: string, key: string | undefined, type: string): Promise<null>;
    existsObject(bucket: string, key: string): Promise<boolean>;
    getObject(
      bucket: string,
      key: string,
      options?: { start?: number; end?: number },
    ): Promise<StoredObject | null>;
    putObject(object: UploadedObject): Promise<Written>;
    deleteObject(bucket: string, key: string): Promise<void>;
    initiateUpload(bucket: string, key: string, id: string, headers: S3Metadata): Promise<void>;
    putPart(bucket: string, id: string, part: string, content: Readable): Promise<Written>;
    putObjectMultipart(
      bucket: string,
      id: string,
      parts: readonly { number: number; etag: string }[],
    ): Promise<Written>;
  }

  export default class S3rver {
    constructor(options: { silent: boolean; directory: string; vhostBuckets: boolean });
    readonly middleware: S3Middleware[];
    readonly context: { store: S3Store };
    store: S3Store;
    callback(): RequestListener;
    on(event: 'error', listener: (error: unknown, ctx: S3Context) => void): this;
  }
}

declare module '@20minutes/s3rver/lib/models/error' {
  /** An error that the server answers with, as XML; `detail` becomes elements of it. */
  export default class S3Error extends Error {
    constructor(code: string, message: string, detail?: Record<string, string | number>);
    readonly code: string;
    status: number;
    detail: Record<string, string | number>;
    toXML(): string;
  }
}

declare module '@20minutes/s3rver/lib/models/account' {
  const AWSAccount: {
    DUMMY_ACCOUNT: {
      readonly id: number;
      readonly displayName: string;
      createKeyPair(accessKeyId: string, secretAccessKey: string): void;
      revokeAccessKey(accessKeyId: string): void;
    };
  };
  export default AWSAccount;
}

declare module '@20minutes/s3rver/lib/models/object' {
  import type { Readable } from 'node:stream';
  import type { S3Metadata } from '@20minutes/s3rver';

  /** Keeps, of the request's headers, those that S3 stores with an object. */
  export default class S3Object {
    constructor(bucket: string, key: string, content: Readable | null, headers: S3Metadata);
    readonly bucket: string;
    readonly key: string;
    readonly content: Readable | null;
    readonly metadata: S3Metadata;
    readonly size: number;
    range?: { readonly start: number; readonly end: number };
  }
}

declare module '@20minutes/s3rver/lib/signature/v4' {
  import type { IncomingHttpHeaders } from 'node:http';

  export interface ClaimedSignature {
    readonly accessKeyId: string;
    readonly credential: {
      readonly date?: string;
      readonly region?: string;
      readonly service?: string;
      readonly termination?: string;
    };
    readonly signedHeaders: readonly string[];
    readonly signatureProvided: string;
    /** Timestamp of the string to sign; header requests get theirs from the Date headers. */
    readonly time?: string;
  }

  export interface CanonicalRequest {
    readonly method: string;
    readonly uri: string;
    readonly querystring: string;
    readonly headers: IncomingHttpHeaders;
    readonly timestamp: string;
  }

  const v4: {
    parseHeader(headers: IncomingHttpHeaders): ClaimedSignature;
    parseQuery(query: Readonly<Record<string, string>>): ClaimedSignature;
    getStringToSign(canonicalRequest: CanonicalRequest, claimed: ClaimedSignature): string;
  };
  export default v4;
}

declare module '@20minutes/s3rver/lib/signature/v2' {
  const v2: { parseHeader(): never; parseQuery(): never };
  export default v2;
}

declare module '@20minutes/s3rver/lib/controllers/object' {
  import type { S3Context } from '@20minutes/s3rver';

  type Controller = (ctx: S3Context) => Promise<void>;
  const objects: {
    getObject: Controller;
    putObject: Controller;
    uploadPart: Controller;
    completeMultipartUpload: Controller;
  };
  export default objects;
}

declare module '@20minutes/s3rver/lib/controllers/bucket' {
  import type { S3Context } from '@20minutes/s3rver';

  const buckets: {
    getBucket(ctx: S3Context): Promise<void>;
    getBucketLocation(ctx: S3Context): Promise<void>;
  };
  export default buckets;
}
