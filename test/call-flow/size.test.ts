import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkCallFlow } from '../../src/call-flow/check';
import { parseCallFlow } from '../../src/call-flow/parse';
import { sizesIn } from '../../src/call-flow/size';
import type { State } from '../../src/call-flow/state';
import { type Flow, layOut } from '../../src/call-flow/steps';
import { type Line, twiml } from '../../src/call-flow/twiml';
import { flows } from '../helpers/call-flow/flows';
import { oneMenu } from '../helpers/call-flow/one-menu';

const ORIGIN = `https://${'h'.repeat(253)}`;

/** A line of the longest URLs, on which every prompt is found on one rung. */
function longLine(rung: 'asset' | 'proxy' | 'say', now = '2026-11-23T03:00:00Z'): Line {
  const paths = {
    asset: () => `/audio/${'a'.repeat(248)}`,
    proxy: (key: string) =>
      `/audio?key=${encodeURIComponent(key)}&exp=1790000000&sig=${'f'.repeat(64)}`,
  };
  return {
    playback: (key) => (rung === 'say' ? { rung } : { rung, url: ORIGIN + paths[rung](key) }),
    actionUrl: `${ORIGIN}/menu`,
    substituteCallerId: '+815012345678901',
    now: new Date(now),
  };
}

/** The most bytes that a call really gets from a place on. */
function written(flow: Flow, at: string, lines: readonly Line[]): number {
  const longest = [...flow.steps.keys()].sort((one, other) => other.length - one.length);
  const fallen = new Map([...longest.slice(0, 3), '*'].map((place) => [place, 'proxy'] as const));
  const states: State[] = [0, 999].flatMap((attempt) =>
    [0, 200].map((asked) => ({ at, attempt, asked, fallen })),
  );
  const documents = states.flatMap((state) => lines.map((line) => twiml(flow, state, line)));
  return Math.max(...documents.map((document) => Buffer.byteLength(document)));
}

const lines = (['asset', 'proxy', 'say'] as const).map((rung) => longLine(rung));

describe('the size that a document may have', () => {
  it('is never less than what a call gets, whatever has failed before', () => {
    fc.assert(
      fc.property(flows, (callFlow) => {
        const flow = layOut(callFlow);
        const mostBytes = sizesIn(flow);
        for (const at of flow.steps.keys()) {
          expect(mostBytes(at)).toBeGreaterThanOrEqual(written(flow, at, lines));
        }
      }),
      { numRuns: 100 },
    );
  });

  it.each(['open', 'closed'])('is that of the longer branch of the hours: %s', (branch) => {
    const long = { action: 'hangup', prompt: { text: 'x'.repeat(3000) } };
    const hours = { action: 'hours', hours: 'never', open: { action: 'hangup' } };
    const flow = oneMenu({
      silence: { ...hours, closed: { action: 'hangup' }, [branch]: long },
    });
    expect(sizesIn(flow)('menus.m.silence')).toBeGreaterThan(3000);
  });

  /** A flow that plays so many prompts in a row. */
  function playing(count: number): string {
    const chain = (left: number): object => ({
      action: 'play',
      prompt: { key: `prompts/${left}.mp3`, text: 'Words.' },
      ...(left > 1 && { next: chain(left - 1) }),
    });
    return JSON.stringify({ start: chain(count), menus: {}, farewell: { text: 'Bye.' } });
  }

  it('grows with the places that may have failed, which each URL names', () => {
    const flow = layOut(parseCallFlow(playing(55)));
    const bytes = written(flow, 'start', lines);
    expect(bytes).toBeGreaterThan(64_000);
    expect(sizesIn(flow)('start')).toBeGreaterThan(bytes);
    expect(sizesIn(flow)('start')).toBeLessThan(1.5 * bytes);
    expect(() => checkCallFlow(playing(55))).toThrow('start may lead to');
    expect(() => checkCallFlow(playing(20))).not.toThrow();
  });
});
