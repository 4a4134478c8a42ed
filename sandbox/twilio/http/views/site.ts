import type { Settings } from '../../options';
import type { Resource, Service, UpdatableResource } from '../../state/records';

/** What views need: the settings, and the URL under which the API's resources are. */
export interface Site {
  readonly settings: Settings;
  readonly root: string;
}

/** `2026-01-02T03:04:05Z` from epoch milliseconds. */
export const date = (time: number): string => new Date(time).toISOString().replace(/\.\d+Z$/, 'Z');

export const dates = ({
  createdAt,
  updatedAt,
}: Pick<UpdatableResource, 'createdAt' | 'updatedAt'>) => ({
  date_created: date(createdAt),
  date_updated: date(updatedAt),
});

/** SID and account, with which every resource begins. */
export const identity = ({ settings }: Site, { sid }: Resource) => ({
  sid,
  account_sid: settings.accountSid,
});

export const serviceUrl = ({ root }: Site, { sid }: Service): string => `${root}/Services/${sid}`;
