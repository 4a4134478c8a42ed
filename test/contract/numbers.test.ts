import { describe, expect, it } from '@jest/globals';
import { connect } from '../../cli/library';
import { differences, findNumber, routingTo, setRouting } from '../../cli/number';
import { readAccount } from '../../src/config';
import { ACCOUNT_SID, AUTH_TOKEN, startRecorded } from '../helpers/contract/recorded';

describe('npm run number', () => {
  it('keeps to the description when it finds and changes a number', async () => {
    const recorded = await startRecorded({ phoneNumbers: ['+815012345678'] });
    const { origin: apiOrigin } = recorded;
    const client = connect(readAccount({ ACCOUNT_SID, AUTH_TOKEN, TWILIO_API_URL: apiOrigin }));
    const found = await findNumber(client, '+815012345678');
    const after = routingTo('https://prompts-1234-dev.twil.io');
    expect(differences(await setRouting(client, found, after), after)).toEqual([]);
    expect(await recorded.check()).toEqual({
      operations: ['ListIncomingPhoneNumber', 'UpdateIncomingPhoneNumber'],
      problems: [],
    });
  });
});
