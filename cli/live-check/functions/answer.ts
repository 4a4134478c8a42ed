import * as v from 'valibot';
import {
  defineFunction,
  type FunctionRequest,
  type FunctionResponse,
  sentence,
} from '../../../src/runtime';
import { logObservation } from '../observations';
import { silence } from '../silence';
import { CARRIED, PLACE, PLACES, type Place, type Step } from '../steps';
import { stepTwiml } from '../twiml';

const Context = v.object({ DOMAIN_NAME: v.string(), LIVE_CHECK_RUN: v.string() });

/** What every Function of the temporary Service is told. */
export interface Probe {
  readonly run: string;
  readonly origin: string;
  readonly place: Place | undefined;
  readonly event: FunctionRequest['event'];
  readonly headers: FunctionRequest['headers'];
}

/** Makes a Function of the temporary Service. */
export function defineProbe(name: string, answer: (probe: Probe) => FunctionResponse) {
  return defineFunction(
    name,
    async ({ context, event, headers }) => {
      const { DOMAIN_NAME, LIVE_CHECK_RUN: run } = v.parse(Context, context);
      const place = PLACES.find((candidate) => candidate === event[PLACE]);
      return answer({ run, origin: `https://${DOMAIN_NAME}`, place, event, headers });
    },
    () => sentence(500, 'The probe failed; its log says why.'),
  );
}

/** TwiML of a step; the last one leaves a mark in the log. */
export function answerStep({ run, origin }: Probe, step: Step): FunctionResponse {
  if (step === 'end') logObservation({ run, kind: 'end' });
  return { status: 200, headers: { 'Content-Type': 'text/xml' }, body: stepTwiml(step, origin) };
}

/** A second of silence; notes how it was asked for. */
export function answerMedium({ run, event, headers }: Probe, place: Place): FunctionResponse {
  const ours = ['request', PLACE, CARRIED];
  logObservation({
    run,
    kind: 'medium',
    place,
    appended: Object.keys(event).filter((name) => !ours.includes(name)),
    carried: CARRIED in event,
    signed: headers['x-twilio-signature'] !== undefined,
    userAgent: headers['user-agent'] ?? '',
  });
  const type = { 'Content-Type': 'audio/mpeg', 'Cache-Control': 'no-store' };
  return { status: 200, headers: type, body: silence(1) };
}
