import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readTwiml, type TwimlNode } from '../../phone';
import { advance, recover } from '../../src/call-flow/advance';
import { CALL_FLOW_FILE } from '../../src/call-flow/files';
import { readInput } from '../../src/call-flow/input';
import { checkCallFlow, parseCallFlow } from '../../src/call-flow/parse';
import type { CallFlow } from '../../src/call-flow/schema';
import { readState } from '../../src/call-flow/state';
import { layOut } from '../../src/call-flow/steps';
import { twiml } from '../../src/call-flow/twiml';
import { type CallerEvent, callFlow, type PerformedDocument } from '../helpers/call-flow/caller';
import { everyBranch } from '../helpers/call-flow/every-branch';
import { flows } from '../helpers/call-flow/flows';
import { contextWith, outlineOf } from '../helpers/call-flow/outline';
import { FULL } from '../helpers/full';

const sample = parseCallFlow(readFileSync(join(__dirname, '../..', CALL_FLOW_FILE), 'utf8'));

const events: fc.Arbitrary<CallerEvent> = fc.oneof(
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

/** Counts the documents of a call in which these events happen over and over; `limit` if it goes on. */
function countDocuments(flow: CallFlow, repeated: readonly CallerEvent[], limit: number): number {
  let document: PerformedDocument | undefined = callFlow(layOut(flow), contextWith());
  for (let count = 1; count < limit; count += 1) {
    document = document.after(repeated[count % repeated.length] ?? { happens: 'silence' });
    if (!document) return count;
  }
  return limit;
}

/**
 * Between two questions lie at most as many documents as actions are nested. The fallback level rises
 * twice at most; the first time a medium's URL has no counts, so that they begin anew.
 */
const mostDocuments = ({ questions }: CallFlow) => (2 * (questions + 2) + 12) * 3;

describe('every call ends', () => {
  test('in any flow, whatever happens, and all its TwiML is valid', () => {
    fc.assert(
      fc.property(flows, fc.array(events, { minLength: 1, maxLength: 12 }), (flow, repeated) => {
        const limit = mostDocuments(flow);
        expect(countDocuments(flow, repeated, limit)).toBeLessThan(limit);
      }),
      { numRuns: FULL ? 500 : 100 },
    );
  });

  test.each([
    ['is silent', [{ happens: 'silence' }]],
    ['presses an unknown key', [{ happens: 'keys', digits: '0' }]],
    ['presses a key that leads back', [{ happens: 'keys', digits: '1' }]],
    [
      'goes to and fro between menus',
      [
        { happens: 'keys', digits: '3' },
        { happens: 'keys', digits: '**' },
      ],
    ],
    ['gets no medium', [{ happens: 'medium fails', which: 0 }]],
    ['gets no medium but the first', [{ happens: 'medium fails', which: 1 }]],
    ['presses keys that all get lost', [{ happens: 'webhook fails', digits: undefined }]],
    [
      'loses every other medium and webhook',
      [
        { happens: 'medium fails', which: 1 },
        { happens: 'webhook fails', digits: '1' },
      ],
    ],
  ] satisfies [string, CallerEvent[]][])('for a caller who %s', (_, repeated) => {
    for (const flow of [everyBranch, sample]) {
      expect(countDocuments(flow, repeated, mostDocuments(flow))).toBeLessThan(mostDocuments(flow));
    }
  });

  test('because no state comes twice, whatever a caller does', () => {
    const flow = layOut({ ...everyBranch, questions: 5 });
    const choices: CallerEvent[] = [
      { happens: 'silence' },
      { happens: 'message' },
      { happens: 'dial ends', status: 'busy' },
      ...['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '#', '1234', '**'].map(
        (digits): CallerEvent => ({ happens: 'keys', digits }),
      ),
    ];
    const explored = new Set<string>();
    const explore = (document: PerformedDocument, above: readonly string[]): void => {
      const here = actionUrlOf(document);
      if (here === undefined) return;
      expect(above).not.toContain(here);
      if (explored.has(here)) return;
      explored.add(here);
      for (const choice of choices) {
        const next = document.after(choice);
        if (next) explore(next, [...above, here]);
      }
    };
    explore(callFlow(flow, contextWith()), []);
    expect(explored.size).toBeGreaterThan(40);
  });
});

const isPlayed = ({ name, children }: TwimlNode): boolean =>
  name === 'Play' || children.some(isPlayed);

test('a call in any flow says all its prompts after two media failed', () => {
  fc.assert(
    fc.property(flows, fc.nat(5), (flow, which) => {
      let failures = 0;
      let document: PerformedDocument | undefined = callFlow(layOut(flow), contextWith());
      for (let count = 0; document && count < mostDocuments(flow); count += 1) {
        const plays = document.verbs.some(isPlayed);
        expect(plays && failures >= 2).toBe(false);
        if (plays) failures += 1;
        document = document.after({ happens: 'medium fails', which });
      }
    }),
    { numRuns: FULL ? 500 : 50 },
  );
});

describe('a flow whose menus lead round to each other', () => {
  const menu = { prompt: { text: 'Press 1.' }, digits: { '1': { action: 'hangup' } } };
  const to = (name: string) => ({ action: 'menu', menu: name });
  const nested = (action: object) => ({ action: 'play', prompt: { text: 'Hm.' }, next: action });
  const flowOf = (menus: Record<string, object>): CallFlow =>
    checkCallFlow(
      JSON.stringify({
        start: to('a'),
        menus: Object.fromEntries(
          Object.entries(menus).map(([name, changes]) => [name, { ...menu, ...changes }]),
        ),
        farewell: { text: 'Bye.' },
        questions: 7,
      }),
    );

  test.each([
    ['by silence', { a: { silence: to('a') } }, { happens: 'silence' }],
    ['after the last attempt', { a: { otherwise: to('a') } }, { happens: 'silence' }],
    ['by unknown keys', { a: { unknown: nested(to('a')) } }, { happens: 'keys', digits: '9' }],
    [
      'by way of another menu',
      { a: { silence: to('b') }, b: { otherwise: nested(to('a')) } },
      { happens: 'silence' },
    ],
    ['by a key', { a: { digits: { '1': to('a') } } }, { happens: 'keys', digits: '1' }],
  ] satisfies [string, Record<string, object>, CallerEvent][])(
    '%s ends with the farewell after as many questions as it may ask',
    (_, menus, event) => {
      const names: string[] = [];
      let document: PerformedDocument | undefined = callFlow(layOut(flowOf(menus)), contextWith());
      while (document) {
        names.push(...document.verbs.map(({ name, text }) => (name === 'Say' ? text : name)));
        document = document.after(event);
      }
      expect(names.filter((name) => name === 'Gather')).toHaveLength(7);
      expect(names.slice(-2)).toEqual(['Bye.', 'Hangup']);
    },
  );
});

/** Undefined for a document in which the call does not wait. */
function actionUrlOf({ verbs }: PerformedDocument): string | undefined {
  return verbs.map(({ attributes }) => attributes.action).find((action) => action !== undefined);
}

describe('hostile parameters', () => {
  test('are read as some state of the flow, and answered by valid TwiML', () => {
    const flow = layOut(everyBranch);
    const names = fc.constantFrom('at', 'attempt', 'asked', 'level', 'Digits', 'To', '__proto__');
    const values = fc.oneof(
      fc.anything(),
      fc.constantFrom(...flow.steps.keys()),
      fc.constantFrom('0', '1', '2', '3', '-1', '1e0'),
    );
    fc.assert(
      fc.property(fc.dictionary(names, values), (parameters) => {
        const state = readState(flow, parameters);
        expect(flow.steps.has(state.at)).toBe(true);
        expect([0, 1, 2]).toContain(state.level);
        const input = readInput(parameters);
        readTwiml(twiml(flow, advance(flow, state, input), contextWith()));
        readTwiml(twiml(flow, recover(flow, parameters.at, input), contextWith()));
      }),
      { numRuns: FULL ? 1000 : 200 },
    );
  });

  test('with counts that we did not write end the call', () => {
    const flow = layOut(everyBranch);
    const state = readState(flow, { at: 'menus.main.prompt', attempt: '-1', asked: '1e9' });
    expect(outlineOf(twiml(flow, state, contextWith()))).toEqual([
      'Play /audio/prompts/goodbye.mp3?at=farewell',
      'Hangup',
    ]);
  });
});
