import { TooManyStepsError } from './errors';
import { type Line, openLine } from './line';
import type { Parameters } from './parameters';
import { type Ending, type Outcome, perform } from './perform';
import { readTwiml } from './twiml';
import type {
  CallOptions,
  CallSummary,
  PhoneOptions,
  Step,
  WebhookStep,
  WebhookVerb,
} from './types';
import { fetchTwiml } from './webhook';

const DEFAULT_MAX_STEPS = 200;

/**
 * Calls a number and hears what its caller would: asks the voice URL, performs its TwiML, fetches
 * the media, presses the keys, and follows where that leads until the call ends.
 * @throws RangeError for digits that are not on a keypad
 * @throws TooManyStepsError beyond `maxSteps`
 */
export function call(options: CallOptions): AsyncGenerator<Step, CallSummary> {
  const line = openLine(options);
  const start = webhook('voice', options.voiceUrl, {});
  return record(line, converse(line, start), options.maxSteps);
}

/**
 * Performs a TwiML document that no webhook sent. Its URLs must be absolute.
 * @throws TwilioError when it is not TwiML
 * @throws RangeError for digits that are not on a keypad
 * @throws TooManyStepsError beyond `maxSteps`
 */
export function playTwiml(twiml: string, options: PhoneOptions): AsyncGenerator<Step, CallSummary> {
  const line = openLine(options);
  const document = { verbs: readTwiml(twiml), url: undefined };
  const conversation = async function* () {
    return yield* converse(line, yield* perform(line, document));
  };
  return record(line, conversation(), options.maxSteps);
}

async function* converse(line: Line, start: Outcome): AsyncGenerator<Step, Ending> {
  for (let outcome = start; ; ) {
    if (outcome.kind === 'ended') return outcome;
    if (outcome.kind === 'failed') {
      outcome = fallBack(line, outcome);
    } else {
      const { step, document } = await fetchTwiml(line, outcome.request);
      yield step;
      outcome = document ? yield* perform(line, document) : failureOf(step);
    }
  }
}

/** A fallback URL that fails has none of its own: Twilio apologises and hangs up. */
function failureOf({ verb, url, errorCode = 0 }: WebhookStep): Outcome {
  return verb === 'fallback'
    ? { kind: 'ended', ended: 'application error', errorCode }
    : { kind: 'failed', errorCode, errorUrl: url };
}

/** https://www.twilio.com/docs/usage/security/availability-reliability#fallback-urls */
function fallBack(
  line: Line,
  { errorCode, errorUrl }: Extract<Outcome, { kind: 'failed' }>,
): Outcome {
  if (line.fallbackUrl === undefined) {
    return { kind: 'ended', ended: 'application error', errorCode };
  }
  const parameters = { ErrorCode: String(errorCode), ErrorUrl: errorUrl };
  return webhook('fallback', line.fallbackUrl, parameters);
}

function webhook(verb: WebhookVerb, reference: string, parameters: Parameters): Outcome {
  const request = { verb, method: 'POST', reference, base: undefined, parameters } as const;
  return { kind: 'request', request };
}

/** Passes the steps on, counts them, and sums the call up. */
async function* record(
  line: Line,
  conversation: AsyncGenerator<Step, Ending>,
  maxSteps = DEFAULT_MAX_STEPS,
): AsyncGenerator<Step, CallSummary> {
  const errorCodes: number[] = [];
  for (let count = 0; ; count += 1) {
    const { done, value } = await conversation.next();
    if (done) {
      const { ended, errorCode } = value;
      return { callSid: line.call.callSid, ended, errorCode, errorCodes };
    }
    if (count === maxSteps) throw new TooManyStepsError(maxSteps);
    if (value.kind !== 'verb' && value.errorCode !== undefined) errorCodes.push(value.errorCode);
    yield value;
  }
}
