/**
 * The largest public or protected Asset, in bytes.
 * https://www.twilio.com/docs/serverless/functions-assets/quickstart/limits
 */
export const ASSET_BYTES = 25_000_000;

/** Public and protected Assets in one Build; same source. */
export const BUILD_ASSETS = 1000;

/**
 * What a Function may answer with is not documented. Base64 makes of 4 MB 5.4 MB, which is under the
 * 6 MB of the platform that Functions run on.
 */
export const PROXY_BYTES = 4_000_000;

/**
 * The largest TwiML, in bytes: 64 kB, of a thousand bytes each in the strict reading.
 * https://www.twilio.com/docs/api/errors/11750
 */
export const TWIML_BYTES = 64_000;
