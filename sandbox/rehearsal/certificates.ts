import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { md, pki } from 'node-forge';

/** PEM texts of a certificate authority that exists for one run, and of what it vouches for. */
export interface Certificates {
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

const HOUR = 60 * 60 * 1000;

/**
 * Makes an authority and one certificate for all of these hosts, good for a day around `now`. The
 * authority's key is forgotten at once, so that nothing else can be made with it.
 */
export function throwawayCertificates(hosts: readonly string[], now: Date): Certificates {
  const root = newKeys();
  const authority = newCertificate('twilio-s3-play rehearsal', root, now);
  authority.setIssuer(authority.subject.attributes);
  authority.setExtensions([
    { name: 'basicConstraints', cA: true, critical: true },
    { name: 'keyUsage', keyCertSign: true, critical: true },
  ]);
  sign(authority, root);

  const leaf = newKeys();
  const certificate = newCertificate(hosts[0] ?? 'localhost', leaf, now);
  certificate.setIssuer(authority.subject.attributes);
  certificate.setExtensions([
    { name: 'basicConstraints', cA: false, critical: true },
    { name: 'extKeyUsage', serverAuth: true },
    { name: 'subjectAltName', altNames: hosts.map((value) => ({ type: DNS, value })) },
  ]);
  sign(certificate, root);
  return {
    authority: pki.certificateToPem(authority),
    certificate: pki.certificateToPem(certificate),
    key: pki.privateKeyToPem(leaf.privateKey),
  };
}

/** https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.6 */
const DNS = 2;

/** By OpenSSL: in JavaScript a pair takes seconds. */
function newKeys(): pki.rsa.KeyPair {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return {
    publicKey: pki.publicKeyFromPem(publicKey),
    privateKey: pki.privateKeyFromPem(privateKey),
  };
}

function newCertificate(name: string, { publicKey }: pki.rsa.KeyPair, now: Date): pki.Certificate {
  const certificate = pki.createCertificate();
  certificate.publicKey = publicKey;
  // Positive, as a first byte below 80 makes it: https://www.rfc-editor.org/rfc/rfc5280#section-4.1.2.2
  certificate.serialNumber = `01${randomBytes(15).toString('hex')}`;
  certificate.validity.notBefore = new Date(now.getTime() - HOUR);
  certificate.validity.notAfter = new Date(now.getTime() + 23 * HOUR);
  certificate.setSubject([{ name: 'commonName', value: name }]);
  return certificate;
}

function sign(certificate: pki.Certificate, { privateKey }: pki.rsa.KeyPair): void {
  certificate.sign(privateKey, md.sha256.create());
}
