import { generate } from 'selfsigned';

/** PEM texts of a certificate authority that exists for one run, and of the certificate it issued. */
export interface Certificates {
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

const HOUR_MS = 60 * 60 * 1000;

/** https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.6 */
const DNS_NAME = 2;

/**
 * Makes an authority and one certificate for all of these hosts, valid for a day around `now`. The
 * authority's key is not kept, so that nothing else can be issued by it.
 */
export async function throwawayCertificates(
  hosts: readonly string[],
  now: Date,
): Promise<Certificates> {
  const common = {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date(now.getTime() - HOUR_MS),
    notAfterDate: new Date(now.getTime() + 23 * HOUR_MS),
  } as const;
  const authority = await generate([{ name: 'commonName', value: 'twilio-s3-play rehearsal' }], {
    ...common,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, critical: true },
    ],
  });
  const altNames = hosts.map((value) => ({ type: DNS_NAME, value }) as const);
  const leaf = await generate([{ name: 'commonName', value: hosts[0] ?? 'localhost' }], {
    ...common,
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames },
    ],
  });
  return { authority: authority.cert, certificate: leaf.cert, key: leaf.private };
}
