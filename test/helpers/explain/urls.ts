import { type PresignOptions, presign as presignQuery } from '../sigv4/presign';

export const secretAccessKey = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
export const sessionToken = 'IQoJb3JpZ2luX2VjEXAMPLE//////////wEaCXVzLWVhc3Qt+TAILofTOKEN==';
export const signedAt = new Date('2026-03-01T12:00:00Z');
/** Well within the hour for which the URLs below are good. */
export const now = new Date('2026-03-01T12:10:00Z');

export const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey };
const location = { host: 'prompts.s3.eu-west-1.amazonaws.com', path: '/menu/welcome%20all.mp3' };

interface Changes extends Partial<PresignOptions> {
  readonly host?: string;
  readonly path?: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A presigned URL that is good for an hour, but for what is said otherwise. */
export function presign({ host, path, query, headers, ...options }: Changes = {}): string {
  const target = { host: host ?? location.host, path: path ?? location.path };
  const signed = presignQuery(
    { method: 'GET', ...target, query, headers },
    {
      credentials,
      region: 'eu-west-1',
      service: 's3',
      now: signedAt,
      expiresInSeconds: 3600,
      ...options,
    },
  );
  return `https://${target.host}${target.path}?${signed.query}`;
}

/** What Twilio appended to media requests within <Gather>, in its order. */
export const TWILIO_PARAMETERS = [
  'Called=%2B815012345678',
  'ToState=',
  'CallerCountry=JP',
  'Direction=inbound',
  'CalledVia=05012345678',
  'CallerState=',
  'ToZip=',
  `CallSid=CA${'0'.repeat(32)}`,
  'To=%2B815012345678',
  'CallerZip=',
  'ToCountry=JP',
  'ApiVersion=2010-04-01',
  'CalledZip=',
  'CalledCity=',
  'CallStatus=in-progress',
  'From=%2B819012345678',
  `AccountSid=AC${'0'.repeat(32)}`,
  'CalledCountry=JP',
  'CallerCity=',
  'Caller=%2B819012345678',
  'FromCountry=JP',
  'ToCity=',
  'FromCity=',
  'CalledState=',
  'ForwardedFrom=05012345678',
  'FromZip=',
  'FromState=',
].join('&');
