import { renderXml } from './xml';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
const STATUS_OF_CODE = {
  AccessDenied: 403,
  AuthorizationHeaderMalformed: 400,
  AuthorizationQueryParametersError: 400,
  BadDigest: 400,
  InternalError: 500,
  InvalidAccessKeyId: 403,
  InvalidArgument: 400,
  InvalidObjectState: 403,
  InvalidRange: 416,
  InvalidRequest: 400,
  InvalidToken: 400,
  InvalidURI: 400,
  KeyTooLongError: 400,
  MissingContentLength: 411,
  NoSuchBucket: 404,
  NoSuchKey: 404,
  NotImplemented: 501,
  PreconditionFailed: 412,
  RequestTimeTooSkewed: 403,
  SignatureDoesNotMatch: 403,
  XAmzContentSHA256Mismatch: 400,
} as const;

export type S3ErrorCode = keyof typeof STATUS_OF_CODE;

/** Elements of the error document beside Code and Message. */
export type ErrorDetails = Readonly<Record<string, string | number>>;

/** An error answer of S3. */
export class S3Error extends Error {
  readonly status: number;

  constructor(
    readonly code: S3ErrorCode,
    message: string,
    readonly details: ErrorDetails = {},
  ) {
    super(message);
    this.status = STATUS_OF_CODE[code];
  }

  toXml(ids: ErrorDetails): string {
    return renderXml({
      Error: { Code: this.code, Message: this.message, ...this.details, ...ids },
    });
  }
}

/** The answer to a parameter or header whose effect this server does not have. */
export function notImplemented(details: ErrorDetails): S3Error {
  return new S3Error(
    'NotImplemented',
    'A header or parameter you provided implies functionality that is not implemented',
    details,
  );
}
