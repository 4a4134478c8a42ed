import { createServer, type Server } from 'node:http';
import S3rver from '@20minutes/s3rver';
import AWSAccount from '@20minutes/s3rver/lib/models/account';
import S3Error from '@20minutes/s3rver/lib/models/error';
import { ObjectStore } from './object-store';
import type { Start } from './protocol';
import { identifyAnswers } from './repairs/answers';
import { canonicaliseWhatWasSent } from './repairs/canonical-request';
import { checkHeaderClaims, checkQueryClaims, refuseVersion2 } from './repairs/claimed-signature';
import { serveLikeS3 } from './repairs/downloads';
import { guardFrontDoor } from './repairs/front-door';
import { listLikeS3, nameTheRegion } from './repairs/list-objects';
import { verifyUploads } from './repairs/uploads';
import { writeErrorXmlOnce, writeXmlOnce } from './repairs/xml-answers';

/** The server knows one account, with a key that everybody knows. */
function replaceCredentials({ credentials }: Start): void {
  AWSAccount.DUMMY_ACCOUNT.revokeAccessKey('S3RVER');
  AWSAccount.DUMMY_ACCOUNT.createKeyPair(credentials.accessKeyId, credentials.secretAccessKey);
}

/** Neither an answer that S3 gives too nor a client that hung up. */
function isUnexpected(error: unknown): error is Error {
  const hungUp = ['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE', 'ECANCELED'];
  return (
    error instanceof Error &&
    !(error instanceof S3Error) &&
    !('code' in error && hungUp.includes(String(error.code)))
  );
}

/**
 * Builds the S3 server: `@20minutes/s3rver` with its repairs. They change the package's modules, so
 * there can be one server a process.
 */
export function createS3Server(start: Start): Server {
  const { region, folder, buckets } = start;
  const store = new ObjectStore(folder, buckets);
  const app = new S3rver({ silent: true, directory: folder, vhostBuckets: false });
  app.store = store;
  app.context.store = store;

  replaceCredentials(start);
  refuseVersion2();
  checkHeaderClaims(region);
  checkQueryClaims(region);
  canonicaliseWhatWasSent();
  verifyUploads();
  serveLikeS3(store);
  listLikeS3(store);
  nameTheRegion(region);
  writeErrorXmlOnce();

  app.middleware.unshift(identifyAnswers);
  // The server's router comes last; by then the path begins with the bucket.
  app.middleware.splice(-1, 0, writeXmlOnce, guardFrontDoor(region));
  app.on('error', (error) => {
    if (isUnexpected(error)) console.error(error);
  });
  return createServer(app.callback());
}
