import type { PhoneNumber } from '../../state/records';

/** `Thu, 30 Jul 2015 23:19:04 +0000`, as the older parts of Twilio's API write a time. */
const rfc2822 = (time: number): string => new Date(time).toUTCString().replace('GMT', '+0000');

/** @param collection path of the account's numbers, without `.json` */
export function phoneNumberView(
  collection: string,
  accountSid: string,
  number: PhoneNumber,
): object {
  return {
    sid: number.sid,
    account_sid: accountSid,
    friendly_name: number.friendlyName,
    phone_number: number.phoneNumber,
    voice_url: number.voiceUrl || null,
    voice_method: number.voiceMethod,
    voice_fallback_url: number.voiceFallbackUrl || null,
    voice_fallback_method: number.voiceFallbackMethod,
    voice_caller_id_lookup: false,
    voice_application_sid: number.voiceApplicationSid || null,
    voice_receive_mode: 'voice',
    trunk_sid: number.trunkSid || null,
    date_created: rfc2822(number.createdAt),
    date_updated: rfc2822(number.updatedAt),
    sms_url: '',
    sms_method: 'POST',
    sms_fallback_url: '',
    sms_fallback_method: 'POST',
    sms_application_sid: null,
    capabilities: { voice: true, sms: false, mms: false, fax: false },
    beta: false,
    origin: 'twilio',
    status: 'in-use',
    status_callback: '',
    status_callback_method: 'POST',
    api_version: '2010-04-01',
    address_sid: null,
    address_requirements: 'none',
    identity_sid: null,
    bundle_sid: null,
    emergency_status: 'Inactive',
    emergency_address_sid: null,
    emergency_address_status: 'unregistered',
    uri: `${collection}/${number.sid}.json`,
  };
}
