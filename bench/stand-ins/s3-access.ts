import type { Credentials } from '../../src/sigv4/sign';

/** A bucket, and how it is reached: path-style. */
export interface S3Access {
  /** Such as http://127.0.0.1:40123. */
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: Credentials;
  readonly bucket: string;
}
