/** Whether an attribute's value is allowed. */
type Check = (value: string) => boolean;

/** What one element of TwiML may hold. */
export interface ElementRule {
  readonly attributes: Readonly<Record<string, Check>>;
  readonly children: readonly string[];
  readonly text: boolean;
}

const anything: Check = () => true;
const matching =
  (pattern: RegExp): Check =>
  (value) =>
    pattern.test(value);
const oneOf =
  (...values: string[]): Check =>
  (value) =>
    values.includes(value);
const count = matching(/^\d{1,9}$/);
const positive = matching(/^[1-9]\d{0,8}$/);
const boolean = oneOf('true', 'false');
const method = oneOf('GET', 'POST');
const trim = oneOf('trim-silence', 'do-not-trim');

const SSML = [
  'break',
  'emphasis',
  'lang',
  'p',
  'phoneme',
  'prosody',
  's',
  'say-as',
  'sub',
  'w',
] as const;

const anyOf = (...names: string[]) => Object.fromEntries(names.map((name) => [name, anything]));
const leaf = (attributes: ElementRule['attributes'] = {}): ElementRule => ({
  attributes,
  children: [],
  text: false,
});
const ssml = (...attributes: string[]): ElementRule => ({
  attributes: anyOf(...attributes),
  children: SSML,
  text: true,
});
const noun = (...attributes: string[]): ElementRule => ({
  attributes: anyOf(...attributes),
  children: [],
  text: true,
});

const CALLED_PARTY = [
  'amdStatusCallback',
  'amdStatusCallbackMethod',
  'machineDetection',
  'machineDetectionSilenceTimeout',
  'machineDetectionSpeechEndThreshold',
  'machineDetectionSpeechThreshold',
  'machineDetectionTimeout',
  'method',
  'statusCallback',
  'statusCallbackEvent',
  'statusCallbackMethod',
  'url',
];

/** The verbs that may stand in `<Response>`, as far as the phone knows them. */
export const VERBS = [
  'Play',
  'Say',
  'Gather',
  'Pause',
  'Redirect',
  'Hangup',
  'Reject',
  'Dial',
  'Record',
] as const;

/**
 * The part of TwiML that the phone reads. Elements and attributes are those of the `twilio`
 * library's types; values are those of each verb's page under
 * https://www.twilio.com/docs/voice/twiml
 */
export const RULES: Readonly<Record<string, ElementRule>> = {
  Response: { attributes: {}, children: VERBS, text: false },
  Play: {
    attributes: { loop: count, digits: matching(/^[0-9A-DWw#*]+$/) },
    children: [],
    text: true,
  },
  Say: {
    attributes: { language: anything, loop: count, voice: anything },
    children: SSML,
    text: true,
  },
  Pause: leaf({ length: positive }),
  Redirect: { attributes: { method }, children: [], text: true },
  Hangup: leaf(),
  Reject: leaf({ reason: oneOf('rejected', 'busy') }),
  Gather: {
    attributes: {
      ...anyOf('action', 'hints', 'language', 'partialResultCallback', 'speechModel'),
      actionOnEmptyResult: boolean,
      bargeIn: boolean,
      debug: boolean,
      enhanced: boolean,
      finishOnKey: matching(/^[0-9#*]?$/),
      input: oneOf('dtmf', 'speech', 'dtmf speech', 'speech dtmf'),
      maxSpeechTime: positive,
      method,
      numDigits: positive,
      partialResultCallbackMethod: method,
      profanityFilter: boolean,
      speechTimeout: matching(/^(auto|[1-9]\d{0,8})$/),
      timeout: matching(/^(auto|\d{1,9})$/),
    },
    children: ['Play', 'Say', 'Pause'],
    text: false,
  },
  Dial: {
    attributes: {
      ...anyOf('action', 'callerId', 'events', 'passports', 'recordingConfigurationId'),
      ...anyOf('recordingStatusCallback', 'recordingStatusCallbackEvent', 'referUrl', 'ringTone'),
      answerOnBridge: boolean,
      hangupOnStar: boolean,
      method,
      record: matching(/^(true|false|do-not-record|record-from-(answer|ringing)(-dual)?)$/),
      recordingStatusCallbackMethod: method,
      recordingTrack: oneOf('both', 'inbound', 'outbound'),
      referMethod: method,
      sequential: boolean,
      timeLimit: positive,
      timeout: positive,
      trim,
    },
    children: ['Number', 'Client', 'Sip'],
    text: true,
  },
  Record: {
    attributes: {
      ...anyOf('action', 'recordingConfigurationId', 'recordingStatusCallback'),
      ...anyOf('recordingStatusCallbackEvent', 'transcribeCallback'),
      finishOnKey: matching(/^[0-9#*]*$/),
      maxLength: positive,
      method,
      playBeep: boolean,
      recordingStatusCallbackMethod: method,
      timeout: count,
      transcribe: boolean,
      trim,
    },
    children: [],
    text: false,
  },
  Number: noun(...CALLED_PARTY, 'byoc', 'sendDigits'),
  Sip: noun(...CALLED_PARTY, 'password', 'username'),
  Client: noun('method', 'statusCallback', 'statusCallbackEvent', 'statusCallbackMethod', 'url'),
  break: leaf(anyOf('strength', 'time')),
  emphasis: ssml('level'),
  lang: ssml('xml:lang'),
  p: ssml(),
  phoneme: ssml('alphabet', 'ph'),
  prosody: ssml('pitch', 'rate', 'volume'),
  s: ssml(),
  'say-as': ssml('format', 'interpret-as'),
  sub: ssml('alias'),
  w: ssml('role'),
};
