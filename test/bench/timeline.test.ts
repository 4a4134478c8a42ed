import { describe, expect, it } from '@jest/globals';
import { phasesOf, type RecordedRequest } from '../../bench/stand-ins/timeline';

const request = (
  to: RecordedRequest['to'],
  method: string,
  target: string,
  start: number,
  end: number,
): RecordedRequest => ({ to, method, target, start, end });

const LIST = '/prompts?list-type=2&prefix=prompts%2F';
const BUILD = '/v1/Services/ZS1/Builds';

/** A sync that waits for the bucket to be quiet, and looks again. */
const requests: readonly RecordedRequest[] = [
  request('Twilio', 'GET', '/v1/Services/twilio-s3-play/Environments', 500, 700),
  request('S3', 'GET', LIST, 700, 720),
  request('Twilio', 'GET', `${BUILD}/ZB1`, 700, 900),
  request('S3', 'GET', LIST, 3900, 3920),
  request('Twilio', 'GET', `${BUILD}/ZB1`, 3900, 4100),
  request('Twilio', 'GET', '/v1/Services/ZS1/Assets?PageSize=1000', 4100, 4250),
  request('S3', 'GET', '/prompts/prompts/welcome.mp3', 4300, 4310),
  request('Twilio', 'POST', '/v1/Services/ZS1/Assets', 4320, 4500),
  request('Twilio', 'POST', '/v1/Services/ZS1/Assets/ZH1/Versions', 4500, 4700),
  request('Twilio', 'POST', '/v1/Services/ZS1/Functions/ZH2/Versions', 4700, 4900),
  request('Twilio', 'POST', BUILD, 4900, 5100),
  request('Twilio', 'POST', '/v1/Services/ZS1/Environments/ZE1/Deployments', 6300, 6500),
];
const publication = { requests, replacedAt: 0, liveAt: 6490, heardAt: 6600 };

describe('phasesOf', () => {
  it('divides the time from a change to a caller by the requests of the sync', () => {
    expect(phasesOf(publication)).toEqual({
      start: 500,
      look: 800,
      wait: 3000,
      upload: 400,
      build: 1600,
      deploy: 190,
      call: 110,
      total: 6600,
    });
  });

  it('takes requests in the order in which they began, whatever order they are noted in', () => {
    expect(phasesOf({ ...publication, requests: requests.toReversed() })).toEqual(
      phasesOf(publication),
    );
  });

  it('refuses a sync that uploaded nothing', () => {
    const others = requests.filter(({ target }) => !/\/Assets(?:$|\/)/.test(target));
    expect(() => phasesOf({ ...publication, requests: others })).toThrow('in the usual way');
  });
});
