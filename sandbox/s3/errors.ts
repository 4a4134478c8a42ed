import { renderXml } from './xml';

/**
 * S3's error codes that this server answers with: the status, and S3's usual message.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
const ERRORS = {
  AccessDenied: [403, 'Access Denied'],
  AuthorizationHeaderMalformed: [400, 'The authorization header is malformed'],
  AuthorizationQueryParametersError: [400, 'The authorization parameters are malformed'],
  BadDigest: [400, 'The Content-MD5 or checksum you specified did not match what we received.'],
  InternalError: [500, 'We encountered an internal error. Please try again.'],
  InvalidAccessKeyId: [403, 'The AWS Access Key Id you provided does not exist in our records.'],
  InvalidArgument: [400, 'Invalid Argument'],
  InvalidObjectState: [403, "The operation is not valid for the object's storage class"],
  InvalidRange: [416, 'The requested range is not satisfiable'],
  InvalidRequest: [400, 'Invalid Request'],
  InvalidToken: [400, 'The provided token is malformed or otherwise invalid.'],
  InvalidURI: [400, "Couldn't parse the specified URI."],
  KeyTooLongError: [400, 'Your key is too long'],
  MissingContentLength: [411, 'You must provide the Content-Length HTTP header.'],
  NoSuchBucket: [404, 'The specified bucket does not exist'],
  NoSuchKey: [404, 'The specified key does not exist.'],
  NotImplemented: [
    501,
    'A header or parameter you provided implies functionality that is not implemented',
  ],
  PreconditionFailed: [412, 'At least one of the pre-conditions you specified did not hold'],
  RequestTimeTooSkewed: [
    403,
    'The difference between the request time and the current time is too large.',
  ],
  SignatureDoesNotMatch: [
    403,
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
  ],
  XAmzContentSHA256Mismatch: [
    400,
    "The provided 'x-amz-content-sha256' header does not match what was computed.",
  ],
} as const;

/** Elements of the error document beside Code and Message. */
export type ErrorDetails = Readonly<Record<string, string | number>>;

/** An error as S3 answers it. */
export class S3ErrorResponse extends Error {
  readonly status: number;

  constructor(
    readonly code: keyof typeof ERRORS,
    readonly details: ErrorDetails = {},
    message: string = ERRORS[code][1],
  ) {
    super(message);
    this.status = ERRORS[code][0];
  }

  toXml(ids: ErrorDetails): string {
    return renderXml({
      Error: { Code: this.code, Message: this.message, ...this.details, ...ids },
    });
  }
}
