import { describe, expect, it } from '@jest/globals';
import { scopeFault } from '../../../sandbox/s3/credential-scope';

const scope = {
  date: '20130524',
  region: 'eu-west-1',
  service: 's3',
  termination: 'aws4_request',
};
const fault = (changed: object) => scopeFault({ ...scope, ...changed }, 'eu-west-1', '20130524');

describe('scopeFault', () => {
  it('finds none in a scope of this region, this service and the day of the request', () => {
    expect(fault({})).toBeUndefined();
  });

  it('names the region that is expected', () => {
    expect(fault({ region: 'us-east-1' })).toEqual({
      message: "the region 'us-east-1' is wrong; expecting 'eu-west-1'",
      region: 'eu-west-1',
    });
  });

  it.each([
    [{ service: 'sns' }, 'incorrect service "sns"'],
    [{ termination: 'aws5_request' }, 'incorrect terminal "aws5_request"'],
    [{ date: '20130523' }, 'Invalid credential date'],
    [{ termination: undefined }, 'the Credential is mal-formed'],
    [{ region: '' }, 'the Credential is mal-formed'],
  ])('says what is wrong with %j', (changed, message) => {
    expect(fault(changed)?.message).toContain(message);
  });
});
