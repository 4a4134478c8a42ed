import { describe, expect, it } from '@jest/globals';
import { next, PLACES, STEPS, stepOf } from '../../../cli/live-check/steps';
import { stepTwiml } from '../../../cli/live-check/twiml';
import { readTwiml } from '../../../phone';

describe('the test call', () => {
  it.each(STEPS)('has TwiML for the step %s, which leads to the next one', (step) => {
    const verbs = readTwiml(stepTwiml(step, 'https://example.com'));
    const last = verbs.at(-1);
    if (step === 'end') expect(last?.name).toBe('Hangup');
    else expect(last?.text).toBe(`https://example.com/voice?place=${next(step)}`);
  });

  it('comes to its end', () => {
    expect(STEPS.map(next)).toEqual([...STEPS.slice(1), 'end']);
  });

  it('has a step for every place', () => {
    expect(PLACES.map((place) => stepOf(place))).not.toContain(undefined);
    expect(stepOf(undefined)).toBeUndefined();
  });
});
