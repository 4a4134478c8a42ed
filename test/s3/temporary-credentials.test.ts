import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../src/clock';
import type { CognitoIdentity } from '../../src/credentials/credentials';
import { PromptBucket } from '../../src/s3/prompts';
import { startCognito, type TestCognito } from '../helpers/credentials/cognito';
import { type FaultServer, startFaultServer } from '../helpers/fault-server';
import { deleteTwilioGlobals, setTwilioGlobals } from '../helpers/twilio-globals';

const GUEST = 'us-east-1:11111111-2222-3333-4444-555555555555';
const path = join(__dirname, '../../.twilioserverless/functions/credentials.private.js');

let cognito: TestCognito;
let s3: FaultServer;
beforeAll(async () => {
  const issue = async () => ({
    accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    sessionToken: 'a token',
    expiration: new Date(Date.now() + 3_600_000),
  });
  cognito = await startCognito(new Map([[GUEST, { issue }]]));
  s3 = await startFaultServer(cognito.faults.endpoint);
  const body = '<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>';
  s3.always({ kind: 'reply', status: 200, headers: {}, body });
});
afterAll(async () => {
  await s3.close();
  await cognito.close();
});
afterEach(() => {
  deleteTwilioGlobals();
  s3.requests.length = 0;
});

async function list(identityId: string) {
  const credentials: CognitoIdentity = {
    kind: 'cognito',
    identityId,
    login: undefined,
    endpoint: cognito.faults.endpoint,
  };
  const bucket = new PromptBucket(
    {
      bucket: 'prompts',
      prefix: '',
      region: 'us-east-1',
      endpoint: s3.endpoint,
      addressingStyle: 'auto',
      credentials,
    },
    { clock: systemClock, deadline: Date.now() + 20_000 },
  );
  return bucket.list().finally(() => bucket.close());
}

describe('a deployed sync with temporary credentials', () => {
  it('is told to deploy again where the Build lacks the Function that gets them', async () => {
    setTwilioGlobals();
    await expect(list(GUEST)).rejects.toThrow(
      'Listing bucket prompts: there are no credentials to sign with. Loading the private Function credentials: it is not in this Build.',
    );
    expect(s3.requests).toEqual([]);
  });

  it('signs with those that the private Function gets', async () => {
    setTwilioGlobals();
    Runtime.getFunctions = () => ({ credentials: { path } });
    expect(await list(GUEST)).toEqual([]);
    expect(s3.requests).toMatchObject([
      {
        headers: {
          authorization: expect.stringContaining('ASIAIOSFODNN7EXAMPLE'),
          'x-amz-security-token': 'a token',
        },
      },
    ]);
  });
});
