/** Every number of the domain, with its unit and its source. */

// A call

/**
 * How long a call lasts at most: Twilio ends it after four hours, unless an account asks for more.
 * https://www.twilio.com/docs/voice/api/call-resource
 */
export const CALL_SECONDS = 4 * 60 * 60;

// TwiML and the call flow

/**
 * The largest TwiML, in bytes: 64 kB, of a thousand bytes each in the strict reading.
 * https://www.twilio.com/docs/api/errors/11750
 */
export const TWIML_BYTES = 64_000;

// The audio proxy

/**
 * What a Function may answer with is not documented. Base64 makes of 4 MB 5.4 MB, which is under the
 * 6 MB of the platform that Functions run on.
 */
export const PROXY_BYTES = 4_000_000;

// Requests to S3

/** One attempt of the sync at one request, body included; an object's transfer comes on top. */
export const S3_TIMEOUT_MS = 10_000;

/** How often the sync tries one request. */
export const S3_ATTEMPTS = 6;

/** The first wait before another attempt; each further one is twice as long, up to the longest. */
export const BACKOFF_MS = 200;
export const MAX_BACKOFF_MS = 5000;

// Credentials

// The sync

// Requests to Twilio's API

// Twilio Serverless

/**
 * The largest public or protected Asset, in bytes.
 * https://www.twilio.com/docs/serverless/functions-assets/quickstart/limits
 */
export const ASSET_BYTES = 25_000_000;

/** Public and protected Assets in one Build; same source. */
export const BUILD_ASSETS = 1000;

export const RUNTIME_HANDLER_PACKAGE = '@twilio/runtime-handler';

/** The version that this project is deployed with: on Twilio's list, and on npm. */
export const RUNTIME_HANDLER = '2.0.1';

/** Twilio's list of the versions that it installs. */
export const RUNTIME_HANDLERS_PAGE =
  'https://www.twilio.com/docs/serverless/functions-assets/handler';

/**
 * Versions of the runtime handler that Twilio's platform installs, newest first, as its page had them
 * on 2026-11-25. The platform has a handler of its own under that name, and refuses every other version
 * with 20001, even one that npm has. 2.0.3 is left out: staff report that it deploys, but the page does
 * not list it.
 */
export const RUNTIME_HANDLERS = [
  '2.1.2',
  '2.0.1',
  '2.0.0',
  '1.3.1',
  '1.3.0',
  '1.2.5',
  '1.2.4',
  '1.2.3',
  '1.2.2',
  '1.2.1',
  '1.2.0',
] as const;

/**
 * Runtimes that Twilio builds for, its default first. Others are refused with 82007: node18 since
 * 2025-11-10, and node20, which two pages disagree about, is past its end of life.
 * https://www.twilio.com/en-us/changelog/node-js-v18-support-ending-for-twilio-functions-and-assets
 * https://www.twilio.com/en-us/changelog/node-js-v24-is-now-available-for-twilio-functions
 */
export const RUNTIMES = ['node22', 'node24'] as const;

/** The runtime that this project is deployed to, as .twilioserverlessrc names it. */
export const RUNTIME: (typeof RUNTIMES)[number] = 'node22';

// The phone and other tools
