import VoiceResponse from 'twilio/lib/twiml/VoiceResponse';
import * as v from 'valibot';
import { defineFunction, type FunctionRequest, sentence } from '../../../src/runtime';
import { parseUrl } from '../../../src/url';
import {
  logProbe,
  nextProbe,
  PARAMETERS,
  type Place,
  type Probe,
  probeOf,
  readPlace,
  SLOW_OVERRIDES,
  WEBHOOK_OVERRIDES,
} from '../probes';

const contextSchema = v.object({ DOMAIN_NAME: v.string(), LIVE_CHECK_RUN: v.string() });

/**
 * The voice URL of the test call, one probe a request. It is the fallback URL, too: then it logs why
 * it was called, and goes on with the probe after the one that failed.
 */
export const handler = defineFunction(
  'voice',
  async ({ context, event }) => {
    const { DOMAIN_NAME, LIVE_CHECK_RUN: run } = v.parse(contextSchema, context);
    const isFallback = PARAMETERS.fallback in event;
    const place = isFallback ? logFailure(run, event) : readPlace(event.place);
    const probe = isFallback ? probeAfter(place) : probeOf(place ?? 'play');
    if (place === 'overrides' && !isFallback) logProbe({ run, kind: 'webhook', place });
    if (probe === 'end') logProbe({ run, kind: 'end' });
    return {
      status: 200,
      headers: { 'Content-Type': 'text/xml' },
      body: probeTwiml(probe, `https://${DOMAIN_NAME}`),
    };
  },
  () => sentence(500, 'The probe failed; its log says why.'),
);

const text = v.fallback(v.string(), '');
const failureSchema = v.object({ ErrorCode: text, ErrorUrl: text });

/** Logs why Twilio calls the fallback URL; returns the place that failed. */
function logFailure(run: string, event: FunctionRequest['event']): Place | undefined {
  const { ErrorCode: errorCode, ErrorUrl } = v.parse(failureSchema, {
    ErrorCode: event.ErrorCode,
    ErrorUrl: event.ErrorUrl,
  });
  const place = readPlace(ErrorUrl);
  const document = parseUrl(ErrorUrl)?.pathname === '/voice';
  logProbe({ run, kind: 'fallback', place, document, errorCode });
  return place;
}

function probeAfter(place: Place | undefined): Probe {
  return place === undefined ? 'end' : nextProbe(probeOf(place));
}

/**
 * The TwiML of one probe: it plays one medium, then goes on to the next probe.
 *
 * @param origin of the temporary Service, such as https://name-1234-dev.twil.io
 */
export function probeTwiml(probe: Probe, origin: string): string {
  const response = new VoiceResponse();
  const url = (path: string, place: Place) => `${origin}${path}?${PARAMETERS.place}=${place}`;
  const gather = () => response.gather({ numDigits: 1, timeout: 1 });
  switch (probe) {
    case 'play':
      response.say('This is a test call. Please stay on the line for half a minute.');
      response.play(url('/media', 'play'));
      break;
    case 'gather':
      gather().play(url('/media', 'gather'));
      break;
    case 'redirect':
      response.play(`${url('/media', 'redirect')}&${PARAMETERS.carried}=yes`);
      break;
    case 'protected':
      response.play(url('/protected.mp3', 'protected'));
      break;
    case 'protected-gather':
      gather().play(url('/protected.mp3', 'protected-gather'));
      break;
    case 'overrides':
      // It shows whether it was asked for.
      break;
    case 'slow':
      response.play(url('/media', 'slow') + SLOW_OVERRIDES);
      break;
    case 'forbidden':
      response.play(url('/media', 'forbidden'));
      response.play(url('/media', 'after-forbidden'));
      break;
    case 'end':
      response.say('Thank you. Goodbye.');
      response.hangup();
      return response.toString();
  }
  const next = nextProbe(probe);
  const overrides = next === 'overrides' ? WEBHOOK_OVERRIDES : '';
  response.redirect({ method: 'POST' }, url('/voice', next) + overrides);
  return response.toString();
}
