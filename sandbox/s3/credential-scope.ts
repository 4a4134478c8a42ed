/** The parts of `AKID/date/region/service/aws4_request` after the key id. */
export interface CredentialScope {
  readonly date?: string;
  readonly region?: string;
  readonly service?: string;
  readonly termination?: string;
}

export interface ScopeFault {
  readonly message: string;
  /** S3 names the region that it expects. */
  readonly region?: string;
}

/**
 * Why S3 would not take a credential scope, in its own words, or nothing.
 *
 * @param requestDate YYYYMMDD, from X-Amz-Date
 */
export function scopeFault(
  { date, region, service, termination }: CredentialScope,
  expectedRegion: string,
  requestDate: string,
): ScopeFault | undefined {
  if (!date || !region || !service || !termination) {
    return {
      message:
        'the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".',
    };
  }
  if (date !== requestDate) {
    return { message: 'Invalid credential date. Date is not the same as X-Amz-Date.' };
  }
  if (region !== expectedRegion) {
    return {
      message: `the region '${region}' is wrong; expecting '${expectedRegion}'`,
      region: expectedRegion,
    };
  }
  if (service !== 's3') {
    return { message: `incorrect service "${service}". This endpoint belongs to "s3".` };
  }
  if (termination !== 'aws4_request') {
    return { message: `incorrect terminal "${termination}". This endpoint uses "aws4_request".` };
  }
  return undefined;
}
