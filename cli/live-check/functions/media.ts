import * as v from 'valibot';
import { systemClock } from '../../../src/clock';
import {
  defineFunction,
  type FunctionRequest,
  type FunctionResponse,
  sentence,
} from '../../../src/runtime';
import { logProbe, PARAMETERS, type Place, readPlace, SLOW_MS, silence } from '../probes';

const contextSchema = v.object({ DOMAIN_NAME: v.string(), LIVE_CHECK_RUN: v.string() });

/** The media of the test call. The place in the URL says what happens. */
export const handler = defineFunction(
  'media',
  async (request) => {
    const { DOMAIN_NAME, LIVE_CHECK_RUN: run } = v.parse(contextSchema, request.context);
    const { event } = request;
    if (PARAMETERS.bytes in event) return audio(Buffer.alloc(readBytes(event.bytes), '.'));
    if (PARAMETERS.redirected in event) return observedMedium(run, 'redirected', request);
    const place = readPlace(event.place) ?? 'play';
    if (place === 'slow') await systemClock.sleep(SLOW_MS);
    if (place === 'forbidden') return sentence(403, 'Forbidden.');
    if (place === 'redirect') {
      const location = `https://${DOMAIN_NAME}/media?${PARAMETERS.redirected}=yes`;
      return sentence(302, '', { Location: location });
    }
    return observedMedium(run, place, request);
  },
  () => sentence(500, 'The probe failed; its log says why.'),
);

/** A second of silence; logs how it was requested. */
function observedMedium(
  run: string,
  place: Place,
  { event, headers }: FunctionRequest,
): FunctionResponse {
  const ours: readonly string[] = ['request', ...Object.values(PARAMETERS)];
  logProbe({
    run,
    kind: 'medium',
    place,
    appended: Object.keys(event).filter((name) => !ours.includes(name)),
    carried: PARAMETERS.carried in event,
    signed: headers['x-twilio-signature'] !== undefined,
    userAgent: headers['user-agent'] ?? '',
  });
  return audio(silence());
}

function audio(body: Buffer): FunctionResponse {
  const headers = { 'Content-Type': 'audio/mpeg', 'Cache-Control': 'no-store' };
  return { status: 200, headers, body };
}

/** More than the tool asks for. */
const MAX_BYTES = 12_000_000;
const bytesSchema = v.fallback(
  v.pipe(v.string(), v.digits(), v.toNumber(), v.maxValue(MAX_BYTES)),
  0,
);

function readBytes(text: unknown): number {
  return v.parse(bytesSchema, text);
}
