import { describe, expect, it } from '@jest/globals';
import { probeTwiml } from '../../../cli/live-check/functions/voice.protected';
import { nextProbe, PLACES, PROBES, probeOf, readPlace } from '../../../cli/live-check/probes';
import { readTwiml } from '../../../phone';

const origin = 'https://example.com';

describe('the test call', () => {
  it.each(PROBES)('has TwiML for the probe %s, which redirects to the next one', (probe) => {
    const verbs = readTwiml(probeTwiml(probe, origin));
    const last = verbs.at(-1);
    if (probe === 'end') expect(last?.name).toBe('Hangup');
    else expect(last?.text.split('#')[0]).toBe(`${origin}/voice?place=${nextProbe(probe)}`);
  });

  it('has connection overrides where they are probed, and nowhere else', () => {
    const urls = PROBES.flatMap(
      (probe) => probeTwiml(probe, origin).match(/https:[^<]*#[^<]*/g) ?? [],
    );
    expect(urls).toEqual([
      `${origin}/voice?place=overrides#rt=10000`,
      `${origin}/media?place=slow#rt=1000`,
    ]);
  });

  it('plays every probe once, and ends', () => {
    expect(PROBES.map(nextProbe)).toEqual([...PROBES.slice(1), 'end']);
  });

  it('has a probe for every place', () => {
    for (const place of PLACES) expect(PROBES).toContain(probeOf(place));
  });
});

describe('the place', () => {
  it.each([
    ['play', 'play'],
    [`${origin}/media?place=forbidden&CallSid=CA1`, 'forbidden'],
    ['nowhere', undefined],
    [`${origin}/media`, undefined],
    [['play', 'gather'], undefined],
    [undefined, undefined],
  ])('that %j names is %p', (parameterOrUrl, place) => {
    expect(readPlace(parameterOrUrl)).toBe(place);
  });
});
