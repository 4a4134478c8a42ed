import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readTwiml } from '../../phone';
import { answered } from '../../src/call-flow/advance';
import { readInput } from '../../src/call-flow/input';
import { CALL_FLOW_FILE, parseCallFlow } from '../../src/call-flow/parse';
import { recover } from '../../src/call-flow/recover';
import type { CallFlow } from '../../src/call-flow/schema';
import { readState } from '../../src/call-flow/state';
import { layOut } from '../../src/call-flow/steps';
import { twiml } from '../../src/call-flow/twiml';
import { type Event, hear } from '../helpers/call-flow/caller';
import { everyBranch } from '../helpers/call-flow/every-branch';
import { flows } from '../helpers/call-flow/flows';
import { heard, lineWith } from '../helpers/call-flow/line';

const sample = parseCallFlow(readFileSync(join(__dirname, '../..', CALL_FLOW_FILE), 'utf8'));

const events: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      happens: fc.constant('keys'),
      digits: fc.stringMatching(/^[0-9*#]{1,2}$/),
    }),
  },
  { weight: 2, arbitrary: fc.record({ happens: fc.constant('silence') }) },
  fc.record({ happens: fc.constant('message') }),
  fc.record({
    happens: fc.constant('dial ends'),
    status: fc.constantFrom('completed', 'busy', ''),
  }),
  fc.record({ happens: fc.constant('medium fails'), which: fc.nat(5) }),
  fc.record({
    happens: fc.constant('webhook fails'),
    digits: fc.option(fc.constantFrom('1', '9'), { nil: undefined }),
  }),
);

/**
 * Documents until a call ends in which these events happen over and over. Of `limit` or more it
 * does not end.
 */
function documents(callFlow: CallFlow, repeated: readonly Event[], limit: number): number {
  const call = hear(layOut(callFlow), lineWith());
  call.next();
  for (let count = 1; count < limit; count += 1) {
    const event = repeated[count % repeated.length] ?? { happens: 'silence' };
    if (call.next(event).done) return count;
  }
  return limit;
}

/**
 * Between two questions lie at most so many documents as actions are nested; each rung of the few
 * prompts that are told apart fails once; and the first failure of a medium forgets the counts.
 */
const mostDocuments = ({ questions }: CallFlow) => (2 * (questions + 2) + 12) * 6;

describe('every call ends', () => {
  it('whatever happens in whatever flow, in valid TwiML all the way', () => {
    fc.assert(
      fc.property(flows, fc.array(events, { minLength: 1, maxLength: 12 }), (flow, repeated) => {
        const limit = mostDocuments(flow);
        expect(documents(flow, repeated, limit)).toBeLessThan(limit);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['silent', [{ happens: 'silence' }]],
    ['pressing an unknown key', [{ happens: 'keys', digits: '0' }]],
    ['pressing a key that leads back', [{ happens: 'keys', digits: '1' }]],
    [
      'going to and fro between menus',
      [
        { happens: 'keys', digits: '3' },
        { happens: 'keys', digits: '**' },
      ],
    ],
    ['hearing no medium', [{ happens: 'medium fails', which: 0 }]],
    ['hearing no medium but the first', [{ happens: 'medium fails', which: 1 }]],
    ['losing every key', [{ happens: 'webhook fails', digits: undefined }]],
    [
      'losing every other medium and webhook',
      [
        { happens: 'medium fails', which: 1 },
        { happens: 'webhook fails', digits: '1' },
      ],
    ],
  ] satisfies [string, Event[]][])('for a caller %s', (_, repeated) => {
    for (const flow of [everyBranch, sample]) {
      expect(documents(flow, repeated, mostDocuments(flow))).toBeLessThan(mostDocuments(flow));
    }
  });

  it('since no state comes twice, whatever a caller does', () => {
    const flow = layOut({ ...everyBranch, questions: 5 });
    const choices: Event[] = [
      { happens: 'silence' },
      { happens: 'message' },
      { happens: 'dial ends', status: 'busy' },
      ...['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '#', '1234', '**'].map(
        (digits): Event => ({ happens: 'keys', digits }),
      ),
    ];
    const explored = new Set<string>();
    const explore = (taken: readonly Event[], above: readonly string[]): void => {
      const here = waitingAt(flow, taken);
      if (here === undefined) return;
      expect(above).not.toContain(here);
      if (explored.has(here)) return;
      explored.add(here);
      for (const choice of choices) explore([...taken, choice], [...above, here]);
    };
    explore([], []);
    expect(explored.size).toBeGreaterThan(40);
  });
});

/** The action's URL of the document that these events lead to; undefined once the call ended. */
function waitingAt(flow: ReturnType<typeof layOut>, taken: readonly Event[]): string | undefined {
  const call = hear(flow, lineWith());
  let heard = call.next();
  for (const event of taken) heard = call.next(event);
  const verbs = heard.done ? [] : heard.value;
  return verbs.map(({ attributes }) => attributes.action).find((action) => action !== undefined);
}

describe('hostile parameters', () => {
  it('are read as some state of the flow, and answered by TwiML that Twilio takes', () => {
    const flow = layOut(everyBranch);
    const names = fc.constantFrom('at', 'attempt', 'asked', 'fallen', 'Digits', 'To', '__proto__');
    const values = fc.oneof(
      fc.anything(),
      fc.constantFrom(...flow.steps.keys()),
      fc.string().map((place) => `${place}:say,*:proxy,start:asset`),
    );
    fc.assert(
      fc.property(fc.dictionary(names, values), (parameters) => {
        const state = readState(flow, parameters);
        expect(flow.steps.has(state.at)).toBe(true);
        expect(state.fallen.size).toBeLessThanOrEqual(4);
        const input = readInput(parameters);
        readTwiml(twiml(flow, answered(flow, state, input), lineWith()));
        readTwiml(twiml(flow, recover(flow, parameters.at, input), lineWith()));
      }),
      { numRuns: 1000 },
    );
  });

  it('that are counts of nobody end the call', () => {
    const flow = layOut(everyBranch);
    const state = readState(flow, { at: 'menus.main.prompt', attempt: '-1', asked: '1e9' });
    expect(heard(twiml(flow, state, lineWith()))).toEqual([
      'Play /audio/prompts/goodbye.mp3?at=farewell',
      'Hangup',
    ]);
  });
});
