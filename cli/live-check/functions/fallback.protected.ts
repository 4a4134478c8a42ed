import * as v from 'valibot';
import { logObservation } from '../observations';
import { next, PLACE, PLACES, stepOf } from '../steps';
import { answerStep, defineProbe } from './answer';

const text = v.fallback(v.string(), '');
const Failure = v.object({ ErrorCode: text, ErrorUrl: text });

/** The test call's fallback URL: notes why it was called, and goes on with the step after that. */
export const handler = defineProbe('fallback', (probe) => {
  const { ErrorCode, ErrorUrl } = v.parse(Failure, {
    ErrorCode: probe.event.ErrorCode,
    ErrorUrl: probe.event.ErrorUrl,
  });
  const url = URL.canParse(ErrorUrl) ? new URL(ErrorUrl) : undefined;
  const place = PLACES.find((candidate) => candidate === url?.searchParams.get(PLACE));
  const document = url?.pathname === '/voice';
  logObservation({ run: probe.run, kind: 'fallback', place, document, errorCode: ErrorCode });
  const step = stepOf(place);
  return answerStep(probe, step ? next(step) : 'end');
});
