/** Every number of the domain, with its unit and its source. */

// A call

/**
 * How long a call lasts at most: Twilio ends it after four hours, unless an account asks for more.
 * https://www.twilio.com/docs/voice/api/call-resource
 */
export const CALL_SECONDS = 4 * 60 * 60;

/**
 * Connection overrides: how long Twilio waits for one of this project's webhooks. They are the fragment
 * of its URL. Without them a Function that hangs costs a caller 15 s of silence, and a domain that
 * cannot be reached 10 s, before the fallback URL is asked.
 * https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
 *
 * - To connect, each of two attempts: a lost packet is sent again after one second (RFC 6298).
 * - For the first byte, and between two packets: a new process of a voice Function, which has a seventh
 *   of a core, answers within 2 to 3 s.
 * - In all: the sum. Only a response that trickles reaches it.
 *
 * So a Function that hangs costs a caller 5 s, a domain that cannot be reached 3 s, and anything 8 s.
 * The fallback URL has the same limits. If it fails, too, Twilio ends the call after 16 s at most.
 */
export const WEBHOOK_CONNECT_MS = 1500;
export const WEBHOOK_READ_MS = 5000;
export const WEBHOOK_TOTAL_MS = 2 * WEBHOOK_CONNECT_MS + WEBHOOK_READ_MS;

// TwiML and the call flow

/**
 * The largest TwiML, in bytes: 64 kB, of a thousand bytes each in the strict reading.
 * https://www.twilio.com/docs/api/errors/11750
 */
export const TWIML_BYTES = 64_000;

/**
 * The longest text of a <Say>, in bytes.
 * https://www.twilio.com/docs/voice/twiml/say
 */
export const SAY_BYTES = 4000;

/**
 * Questions that one call asks before the farewell: a flow's default and maximum. They bound every
 * call.
 */
export const QUESTIONS = 50;
export const QUESTIONS_MAX = 200;

/** How often a menu asks its question: default and maximum. */
export const ATTEMPTS = 3;
export const ATTEMPTS_MAX = 10;

/** Seconds that a menu waits for a key: default and maximum. */
export const ANSWER_SECONDS = 5;
export const ANSWER_SECONDS_MAX = 60;

/** The most keys that a caller presses for one answer. */
export const KEYS_MAX = 20;

/**
 * Seconds that a <Dial> rings: a flow's default, and Twilio's minimum and maximum.
 * https://www.twilio.com/docs/voice/twiml/dial
 */
export const RING_SECONDS = 30;
export const RING_SECONDS_MIN = 5;
export const RING_SECONDS_MAX = 600;

/**
 * Seconds of a message: a flow's default, minimum and maximum. Twilio takes no message of a single
 * second.
 * https://www.twilio.com/docs/voice/twiml/record
 */
export const MESSAGE_SECONDS = 120;
export const MESSAGE_SECONDS_MIN = 2;
export const MESSAGE_SECONDS_MAX = 3600;

/** Seconds of silence that end a message: default and maximum. */
export const SILENCE_SECONDS = 5;
export const SILENCE_SECONDS_MAX = 60;

/**
 * How deep the JSON of a call flow may be nested: reading it needs stack, and at a thousand levels
 * there is none left.
 */
export const FLOW_DEPTH = 200;

// The audio proxy

/**
 * The largest object that /audio serves. Twilio documents no limit for a Function's response. As
 * base64, 4 MB are 5.4 MB, within FUNCTION_PAYLOAD_BYTES.
 */
export const PROXY_BYTES = 4_000_000;

/**
 * From how many bytes on a body is compared with a checksum that is faster than its MD5. Below, what a
 * process has to load for a CRC-32, 0.9 ms, would not pay for a while.
 */
export const FAST_CHECKSUM_BYTES = 100_000;

/** A whole request to /audio. Leaves a margin to FUNCTION_TIMEOUT_MS. */
export const PROXY_TIMEOUT_MS = 8000;

/** Idle timeout of one request to S3: the longest time in which nothing comes. */
export const PROXY_IDLE_TIMEOUT_MS = 2500;

/** Attempts at S3 for one request to /audio, the first included. */
export const PROXY_ATTEMPTS = 4;

/** How long a proxy URL works at least: a URL given out now outlives the call. */
export const PROXY_URL_MIN_SECONDS = CALL_SECONDS;

/** One prompt has one proxy URL for this long, so that Twilio's cache works. */
export const PROXY_URL_ROUNDING_SECONDS = 4 * 60 * 60;

/**
 * How long an object counts as current: in this process's memory unless AUDIO_CACHE_SECONDS says
 * otherwise, and in Twilio's cache. An object's own Cache-Control can only shorten it.
 */
export const CACHE_SECONDS = 60;

/** AUDIO_CACHE_SECONDS at most: a day. */
export const MAX_CACHE_SECONDS = 86_400;

/** How long after that an object is served while S3 is unreachable or overloaded (stale-if-error). */
export const STALE_IF_ERROR_SECONDS = 3600;

/** For S3's headers, while a cached object could be served instead. */
export const REVALIDATION_TIMEOUT_MS = 2000;

/** After a failed revalidation: how long a cached object is served without another. */
export const REVALIDATION_PAUSE_MS = 5000;

/** Memory for cached objects: the default of AUDIO_CACHE_MB, and its maximum. A Function has 256 MB. */
export const CACHE_MB = 32;
export const MAX_CACHE_MB = 128;

/** Rough memory of a cached object besides its body and its key. */
export const CACHE_ENTRY_BYTES = 1000;

// Requests to S3

/** One attempt of the sync at one request, body included; an object's transfer comes on top. */
export const S3_TIMEOUT_MS = 10_000;

/** Attempts of the sync at one request, the first included. */
export const S3_ATTEMPTS = 6;

/** The first wait before another attempt; each further one is twice as long, up to the longest. */
export const BACKOFF_MS = 200;
export const MAX_BACKOFF_MS = 5000;

/** The most that is read of a response without an object. S3's errors are far shorter. */
export const S3_ERROR_BYTES = 64_000;

/**
 * How far a signer's clock may be from S3's (RequestTimeTooSkewed).
 * https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
export const S3_CLOCK_SKEW_MS = 15 * 60_000;

/** From which difference on a clock is worth a warning: a third of S3_CLOCK_SKEW_MS. */
export const CLOCK_SKEW_WARNING_MS = 5 * 60_000;

/**
 * How long a presigned URL lasts at most.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 */
export const PRESIGNED_SECONDS = 7 * 24 * 60 * 60;

/**
 * The longest key, as UTF-8.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
 */
export const S3_KEY_BYTES = 1024;

/**
 * Keys in one answer to ListObjectsV2.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
 */
export const S3_PAGE_KEYS = 1000;

/** The most that is read of such an answer: each byte of the longest keys may be written as six. */
export const S3_PAGE_BYTES = 10_000_000;

// Credentials

/** ADMIN_SECRET at least. */
export const ADMIN_SECRET_CHARACTERS = 32;

/** One request to STS or Cognito. All attempts together leave S3 a part of the proxy's time. */
export const CREDENTIALS_TIMEOUT_MS = 2500;
export const CREDENTIALS_ATTEMPTS = 2;

/** Temporary credentials are refreshed this long before they expire. */
export const CREDENTIALS_REFRESH_BEFORE_MS = 5 * 60_000;

/** How long a caller waits for a refresh while the old credentials are valid. */
export const CREDENTIALS_REFRESH_WAIT_MS = 1000;

/** After a failed or slow refresh: how long valid credentials are used without another wait. */
export const CREDENTIALS_REFRESH_PAUSE_MS = 30_000;

// The sync

/**
 * How far into an object its first MPEG frame is looked for, after its tags: encoders, servers and
 * tags with padding put bytes before it. A chance match of three frames in random bytes is 1 in 10^9.
 */
export const MPEG_SEARCH_BYTES = 65_536;

/** How much of an object tells that it is text. */
export const TEXT_SAMPLE_BYTES = 65_536;

/** How long the bucket must not have changed before a Build: SYNC_QUIET_SECONDS' default and maximum. */
export const DEBOUNCE_SECONDS = 3;
export const MAX_DEBOUNCE_SECONDS = 20;

/** After this time a slice of /sync begins nothing more: SYNC_BUDGET_SECONDS' default and maximum. */
export const SLICE_SECONDS = 4;
export const MAX_SLICE_SECONDS = 6;

/** After that, how long what is in work may still begin requests. */
export const SLICE_GRACE_MS = 1000;

/**
 * What a slice needs to publish one object: some 15 requests to Twilio of 150 ms each, and a Build of half
 * a second. A slice that would have less time left after its debounce ends before it instead: the next one
 * begins when the bucket is quiet, with all of its time.
 */
export const SLICE_WORK_MS = 2500;

/** One request of a slice at most. */
export const SLICE_REQUEST_MS = 5000;

/** A slice ends this long before FUNCTION_TIMEOUT_MS. */
export const SLICE_MARGIN_MS = 500;

/** Objects of a slice in work at once, and the largest of them: a Function has 256 MB. */
export const SLICE_BYTES_IN_FLIGHT = 32_000_000;
export const SLICE_OBJECT_BYTES = 8_000_000;

/** A run of the command line: its time, its objects in work, and its slowest transfer. */
export const RUN_MS = 30 * 60_000;
export const RUN_BYTES_IN_FLIGHT = 32_000_000;
export const RUN_MIN_BYTES_PER_SECOND = 50_000;

/**
 * Objects in work at once, in a slice and in a run of the command line. Each waits for two requests to
 * Twilio: 300 objects at 150 ms a request take 11 s with 8 at once, and 6 s with 16. Twilio documents no
 * limit for requests at once; its toolkit sends 10. Where 16 are too many, 429 is tried again.
 */
export const CONCURRENCY = 16;

/** The share of known prompts that may vanish at once, unless the run is forced. */
export const MAX_VANISHED_SHARE = 0.5;

/** How long a retired path stays in the Build: a call in progress may still play its URL. */
export const RETENTION_SECONDS = CALL_SECONDS;

/** The longest debounce, and random jitter on top, so that runs do not resume together. */
export const LONGEST_DEBOUNCE_MS = 30_000;
export const DEBOUNCE_JITTER_MS = 1000;

/** If S3's clock is further ahead than this, Last-Modified tells nothing about an object's age. */
export const LISTING_CLOCK_SKEW_MS = 60_000;

/** The longest glob of keys: as long as the longest key. */
export const GLOB_CHARACTERS = 1024;

/** How often a run plans again before it leaves the rest to the next run. */
export const MAX_ROUNDS = 20;

/**
 * Before the first poll of a Build: Twilio needs some seconds for one, the sandbox half a second.
 * Polling at once would cost a request and tell nothing.
 */
export const FIRST_POLL_MS = 500;

/** Between two polls of a Build; also Retry-After of a run that is out of time. */
export const POLL_MS = 1000;

/** Retry-After of a run that reached one of Twilio's limits. */
export const LIMIT_RETRY_MS = 60_000;

/** A Build that stays undeployed for longer than this belongs to no run any more. */
export const BUILD_IN_PROGRESS_MS = 30 * 60_000;

/**
 * A run deploys at most this long after it last read what is live. So a Build's second Deployment
 * within this time comes from a second run; a later one is a rollback by a user.
 */
export const RACE_MS = 30_000;

/** How many Deployments are read: more than ten runs at once are not expected. */
export const MAX_DEPLOYMENTS_READ = 10;

/** A younger Asset may belong to a run that has not built yet: clean-up leaves it. */
export const CLEAN_UP_AGE_MS = 24 * 60 * 60_000;

/** After this many unreadable objects the permission to read is taken to be missing. */
export const READ_PROBES = 10;

/** A list at the terminal that is longer is summed up, unless --verbose asks for it. */
export const LISTED_LINES = 10;

/** Bytes of the keys that an answer of /sync lists: with their counts, the answer is below 100 kB. */
export const REPORT_BYTES = 90_000;

/** Missing keys of one report that are compared with all keys of the bucket. */
export const SUGGESTIONS = 20;

/**
 * Refusals in the manifest at most, because each cold voice request loads it: about 30 kB, a third of
 * what the paths of a full Build take. A refusal that is left out costs the next process one GET of its
 * object; where no call flow names the key, it costs a call nothing.
 */
export const MANIFEST_REFUSALS = 250;

/** One request to a deployed /sync: a Function may run for ten seconds, and may be cold. */
export const REMOTE_TIMEOUT_MS = 30_000;

/** Attempts at one slice that gets no response, or one that is not the Function's. */
export const REMOTE_ATTEMPTS = 4;

/** Longer bodies do not come from us: do not print them. */
export const REMOTE_TEXT_CHARACTERS = 500;

// GET /status

/** Deployments that it tells. */
export const STATUS_DEPLOYMENTS = 10;

/**
 * After this time it asks S3, and Twilio, nothing more, and one request takes this long at most: so it
 * has 3 s to FUNCTION_TIMEOUT_MS, though one of them hangs. The keys that S3 lists in its time are few
 * enough for what comes after, in a seventh of a core.
 */
export const STATUS_LISTING_MS = 3000;
export const STATUS_ASKING_MS = 4500;
export const STATUS_REQUEST_MS = 2500;

/** Keys that are compared with those that S3 lacks: each takes 3 µs, and 20 in a seventh of a core. */
export const STATUS_COMPARISONS = 50_000;

/**
 * The list of prompts at most, in prompts and in bytes: 1,000 take about 600 kB. With the call flow, the
 * response is far below FUNCTION_PAYLOAD_BYTES.
 */
export const STATUS_PROMPTS = 3000;
export const STATUS_PROMPTS_BYTES = 1_500_000;

// Requests to Twilio's API

/** One attempt at one request; an upload may take longer, by its size. */
export const TWILIO_TIMEOUT_MS = 10_000;

/** Attempts at one request, the first included. */
export const TWILIO_ATTEMPTS = 6;

/** Builds on a page. Each lists all its versions, so a page of a thousand would be huge. */
export const BUILDS_PAGE_SIZE = 20;

// Twilio Serverless

// Twilio's MB and KB are read as powers of ten, the smaller of the two readings.

/**
 * The largest public or protected Asset.
 * https://www.twilio.com/docs/serverless/functions-assets/quickstart/limits
 */
export const ASSET_BYTES = 25_000_000;

/** The largest private Asset. https://support.twilio.com/hc/en-us/articles/360019105433 */
export const PRIVATE_ASSET_BYTES = 10_000_000;

/**
 * Public and protected Assets in one Build.
 * https://www.twilio.com/docs/runtime/functions-assets-api
 */
export const BUILD_ASSETS = 1000;

/** From how many on their number is worth a warning. */
export const BUILD_ASSETS_WARNING = 900;

/** Private Assets in one Build; same source. */
export const BUILD_PRIVATE_ASSETS = 50;

/** Functions in one Build; same source. */
export const BUILD_FUNCTIONS = 50;

/** Builds of one account an hour; same source. */
export const BUILDS_PER_HOUR = 100;

/**
 * How long Twilio keeps a Build that is live nowhere.
 * https://www.twilio.com/docs/serverless/api
 */
export const IDLE_BUILD_MS = 24 * 60 * 60 * 1000;

/** How long it keeps a version that no Build holds, or an Asset without versions; same source. */
export const UNUSED_VERSION_MS = 7 * IDLE_BUILD_MS;

/**
 * How long a version in no Build is taken to exist still, by its Asset's name: a day less than Twilio
 * keeps it.
 */
export const UPLOAD_TRUSTED_MS = UNUSED_VERSION_MS - 24 * 60 * 60_000;

/**
 * The longest path of a version.
 * https://www.twilio.com/docs/serverless/api/resource/asset-version
 */
export const PATH_CHARACTERS = 255;

/**
 * Services of one account: with more, Twilio answers 20001 "Services are limited to less than or equal
 * to 50". https://www.twilio.com/docs/api/errors/20001
 */
export const SERVICES = 50;

/** From how many on their number is worth a warning. */
export const SERVICES_WARNING = 45;

/** The longest unique name of a Service. https://www.twilio.com/docs/serverless/api/resource/service */
export const SERVICE_NAME_CHARACTERS = 50;

/** The longest friendly name of a Service, an Asset or a Function; same source. */
export const FRIENDLY_NAME_CHARACTERS = 255;

/**
 * The longest unique name of an environment.
 * https://www.twilio.com/docs/serverless/api/resource/environment
 */
export const ENVIRONMENT_NAME_CHARACTERS = 100;

/** The longest domain suffix of an environment; same source. */
export const DOMAIN_SUFFIX_CHARACTERS = 16;

/** The longest name of a variable. https://www.twilio.com/docs/serverless/api/resource/variable */
export const VARIABLE_KEY_CHARACTERS = 128;

/** The longest value of a variable; same source. */
export const VARIABLE_VALUE_BYTES = 450;

/**
 * All variables of an environment, as the JSON object that a Function's context carries.
 * https://www.twilio.com/docs/api/errors/82006
 */
export const VARIABLES_BYTES = 3000;

/** Resources on a page of a list by default. https://www.twilio.com/docs/usage/twilios-response */
export const DEFAULT_PAGE_SIZE = 50;

/** Resources on a page of a list at most; same source. */
export const MAX_PAGE_SIZE = 1000;

/** How long a Function may run. https://www.twilio.com/docs/serverless/functions-assets/faq */
export const FUNCTION_TIMEOUT_MS = 10_000;

/**
 * What a Function may be sent and may answer with. Twilio documents no limit; this is the limit of
 * the platform that Functions run on, which carries binary bodies as base64.
 */
export const FUNCTION_PAYLOAD_BYTES = 6 * 1024 * 1024;

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

// The command line

/** All requests of one command to Twilio's API. */
export const COMMAND_BUDGET_MS = 60_000;

/** Deployments that `status` shows. */
export const SHOWN_DEPLOYMENTS = 5;

/** One check of `doctor`, all of its requests included. */
export const CHECK_TIMEOUT_MS = 30_000;

/** One request of such a check to S3 or to the deployment. */
export const CHECK_REQUEST_MS = 5000;

// The phone and other tools

/**
 * How long Twilio waits for a webhook or a medium without connection overrides: to connect, for the
 * response and between its packets, and in all. https://www.twilio.com/docs/api/errors/11205
 */
export const CONNECT_TIMEOUT_MS = 5000;
export const READ_TIMEOUT_MS = 15_000;
export const TOTAL_TIMEOUT_MS = 15_000;

/** Further attempts after one that failed, without overrides: for a connection that failed only. */
export const RETRIES = 1;

/**
 * What connection overrides may be: milliseconds from the least, to the most to connect and to the
 * most to read and in all; and retries. Source: see WEBHOOK_CONNECT_MS.
 */
export const OVERRIDE_MIN_MS = 100;
export const CONNECT_OVERRIDE_MAX_MS = 10_000;
export const READ_OVERRIDE_MAX_MS = 15_000;
export const RETRIES_MAX = 5;

/**
 * What a telephone line carries: samples a second, and the lowest and the highest pitch in hertz.
 * https://www.itu.int/rec/T-REC-G.711 https://www.itu.int/rec/T-REC-G.712
 */
export const TELEPHONE_RATE = 8000;
export const TELEPHONE_HERTZ_MIN = 300;
export const TELEPHONE_HERTZ_MAX = 3400;

/** Redirects of one medium; Twilio does not document its limit. */
export const MEDIA_REDIRECTS = 10;

/** After this many webhooks, media and verbs in one call, the phone reports a loop. */
export const CALL_EVENTS = 200;

/** The same for a call of the call flow: a question makes a request, some prompts and a redirect. */
export const FLOW_EVENTS = 25 * QUESTIONS_MAX;

/**
 * How long a <Gather> waits for a key, and how long a <Pause> lasts, unless they say otherwise.
 * https://www.twilio.com/docs/voice/twiml/gather https://www.twilio.com/docs/voice/twiml/pause
 */
export const GATHER_SECONDS = 5;
export const PAUSE_SECONDS = 1;
