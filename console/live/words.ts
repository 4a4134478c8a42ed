import type { StatusResponse } from '../../src/status/response';

type Maker = NonNullable<StatusResponse['deployments'][number]['by']>;

const BY: Readonly<Record<Maker, string>> = {
  sync: 'A sync',
  deploy: 'A deploy (npm run deploy)',
  rollback: 'A rollback to an earlier Build',
  toolkit: 'Twilio’s toolkit, without a sync',
};

/** Who deployed a Build; nobody knows it of one that Twilio has deleted. */
export function byWords(by: Maker | undefined): string {
  return by === undefined ? 'Not known: Twilio has deleted the Build' : BY[by];
}
