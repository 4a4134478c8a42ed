import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type CallState,
  INITIAL_STATE,
  mediumQuery,
  raiseTo,
  readState,
  stateQuery,
} from '../../src/call-flow/state';
import { layOut } from '../../src/call-flow/steps';
import type { FallbackLevel } from '../../src/playback';
import { everyBranch } from '../helpers/call-flow/every-branch';

const flow = layOut(everyBranch);
const states: fc.Arbitrary<CallState> = fc.record({
  at: fc.constantFrom(...flow.steps.keys()),
  attempt: fc.nat(10),
  asked: fc.nat(200),
  level: fc.constantFrom<FallbackLevel>(0, 1, 2),
});

const parametersOf = (query: string) => Object.fromEntries(new URLSearchParams(query));

describe('the state of a call', () => {
  test('comes back whole from the URL that it was written to', () => {
    fc.assert(
      fc.property(states, (state) => {
        const query = stateQuery(state);
        expect(readState(flow, parametersOf(query))).toEqual(state);
        // Encoded once, in characters that no server and no signature writes differently.
        expect(query).toMatch(/^[\w.*&=%-]+$/);
      }),
    );
  });

  test("is only the step's id in the URL of a medium until something fails, so that calls share it", () => {
    const state = { ...INITIAL_STATE, at: 'farewell', attempt: 2, asked: 7 };
    expect(mediumQuery(state)).toBe('at=farewell');
    expect(mediumQuery({ ...state, level: 1 })).toBe('at=farewell&attempt=2&asked=7&level=1');
  });

  test('is the beginning when the flow no longer has the step', () => {
    expect(readState(flow, { at: 'menus.gone.prompt', attempt: '1', asked: '4' })).toEqual({
      ...INITIAL_STATE,
      attempt: 1,
      asked: 4,
    });
  });

  test.each([undefined, '', '0', '3', '-1', '01', 'say', 1, ['1'], '__proto__', 'constructor'])(
    'begins with Assets when the level is %j',
    (level) => {
      expect(readState(flow, { level }).level).toBe(0);
    },
  );

  test('never goes to a lower level', () => {
    fc.assert(
      fc.property(states, fc.constantFrom<FallbackLevel>(0, 1, 2), (state, level) => {
        const expected = Math.max(state.level, level);
        expect(raiseTo(state, level)).toEqual({ ...state, level: expected });
      }),
    );
  });
});
