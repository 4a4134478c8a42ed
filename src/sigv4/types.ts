/** An access key; temporary ones carry the session token that they came with. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** A request exactly as it will be sent: nothing may rewrite it between signing and sending. */
export interface UnsignedRequest {
  readonly method: string;
  /** Value of the Host header: with the port where it is not the scheme's own. */
  readonly host: string;
  /** Percent-encoded, byte for byte as sent, with a leading slash. */
  readonly path: string;
  /** As sent, without the question mark. */
  readonly query?: string;
  /** One value a name; a header that is sent several times has its values joined by commas. */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * How the path is made canonical. S3 wants neither, other services both.
 *
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export interface PathRules {
  /** Resolve `.` and `..` and join repeated slashes. S3 keys may hold them, so: false. */
  readonly normalizePath?: boolean;
  /** Percent-encode the path as sent once more (`%20` → `%2520`). Default false, as for S3. */
  readonly doubleEncodePath?: boolean;
}

export interface SigningOptions extends PathRules {
  readonly credentials: Credentials;
  readonly region: string;
  readonly now: Date;
  /** Default `s3`. */
  readonly service?: string;
  /**
   * Lower-case hexadecimal SHA-256 of the body, or `UNSIGNED-PAYLOAD`. Default: the hash of an
   * empty body for a signed header, `UNSIGNED-PAYLOAD` for a presigned query, as S3 expects.
   */
  readonly payloadHash?: string;
  /** Send and sign `x-amz-content-sha256`, which S3 requires in signed requests. Default true. */
  readonly sendPayloadHash?: boolean;
  /** False adds the session token after signing; a few services want it so. Default true. */
  readonly signSessionToken?: boolean;
}
