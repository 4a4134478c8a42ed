import fc from 'fast-check';

/** What Twilio appended to a media request inside <Gather>; phone numbers are replaced. */
export const TWILIO_PARAMETERS = [
  'Called=%2B15550100&ToState=&CallerCountry=JP&Direction=inbound&CalledVia=15550100&CallerState=',
  `&ToZip=&CallSid=CA${'0'.repeat(32)}&To=%2B15550100&CallerZip=&ToCountry=JP&ApiVersion=2010-04-01`,
  '&CalledZip=&CalledCity=&CallStatus=in-progress&From=%2B15550101&AccountSid=AC',
  `${'0'.repeat(32)}&CalledCountry=JP&CallerCity=&Caller=%2B15550101&FromCountry=JP&ToCity=&FromCity=`,
  '&CalledState=&ForwardedFrom=15550100&FromZip=&FromState=',
].join('');

/** Parameters that form the runtime's own `request`; random ones seldom would. */
export const FORGED_REQUESTS = [
  'request=',
  'request=a&request=b',
  'request[headers][range]=bytes=0-0',
  'request[headers][range]=bytes=0-0&request[cookies]=',
  'request[headers][range]=bytes=0-0&request[cookies][]=',
  'request[headers][range]=bytes=0-0&request[cookies][a]=b',
  'request[headers][range]=bytes=9999999-&request[cookies][a]=b',
  'request[headers][if-none-match]=*&request[cookies][a]=b',
  // An object without own properties: what `cookies` is when there are none.
  'request[headers][range]=bytes=0-0&request[cookies][__proto__]=',
  'request[headers][range]=bytes=0-%0A1&request[cookies][__proto__]=',
  'request[headers][if-none-match]=*&request[cookies][__proto__]=',
];

const HOSTILE_NAMES = [
  '__proto__',
  '__proto__[key]',
  '__proto__[sig]',
  'constructor',
  'constructor[prototype][key]',
  'toString',
  'hasOwnProperty',
  'Key',
  'KEY',
  'Exp',
  'Sig',
  'SIG',
  'key%00',
  '%20key',
  'k%65y%20',
  'signature',
  'X-Amz-Signature',
  'X-Amz-Expires',
  'response-content-type',
  'a[]',
  'a[0]',
  'a[1000000]',
  'a[b][c][d][e][f][g]',
  'a[[]]',
  'a]b[',
  '[]',
  '[Key]',
  '[a]',
  '',
];

/** Names that replace what the runtime itself puts into the event. */
const RUNTIME_NAMES = [
  'request',
  'request[]',
  'request[headers]',
  'request[headers][range]',
  'request[headers][if-none-match]',
  'request[cookies]',
  'request[cookies][a]',
  'request[cookies][__proto__]',
  'request[__proto__][headers][range]',
];

const VALUES = [
  '',
  '*',
  'bytes=0-0',
  'bytes=9999999-',
  '%2B15550100',
  '%',
  '%zz',
  '%E3%81',
  'a+b',
  '[',
  '=',
];

/** The proxy's own parameters: the runtime reads `key[a]` and `[key]` as `key`, too. */
const isOurs = (pair: string) => /^\[?(key|exp|sig)([[\]=]|$)/.test(decode(pair));

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

const anything = fc.oneof(
  fc.string({ maxLength: 30, unit: 'binary' }).map(encode),
  fc.string({ maxLength: 30, unit: fc.constantFrom(..."aZ0.-_~[]%+=;:@!$'()*,/?") }),
);

function encode(text: string): string {
  return text.isWellFormed() ? encodeURIComponent(text) : '';
}

function pairs(names: fc.Arbitrary<string>, maxLength: number): fc.Arbitrary<string> {
  const value = fc.oneof(fc.constantFrom(...VALUES), anything);
  const pair = fc
    .tuple(names, fc.option(value))
    .map(([name, given]) => (given === null ? name : `${name}=${given}`));
  return fc.array(pair, { maxLength }).map((all) =>
    all
      .join('&')
      .split('&')
      .filter((each) => !isOurs(each))
      .join('&')
      .slice(0, 12_000),
  );
}

/** Queries that somebody else appends, without the proxy's own parameters. */
export const appended = fc.oneof(
  pairs(fc.oneof(fc.constantFrom(...HOSTILE_NAMES), anything), 30),
  pairs(fc.constantFrom(...HOSTILE_NAMES, ...RUNTIME_NAMES), 12),
  pairs(anything, 300),
  fc.constant(TWILIO_PARAMETERS),
);

/** The same, without the names that replace the request's headers. */
export const appendedToHeaders = pairs(
  fc.oneof(fc.constantFrom(...HOSTILE_NAMES), anything),
  30,
).filter((query) => !/request/i.test(decode(query)));
