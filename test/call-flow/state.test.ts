import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  BEGINNING,
  mediumQuery,
  readState,
  rungOf,
  type State,
  stateQuery,
} from '../../src/call-flow/state';
import { layOut } from '../../src/call-flow/steps';
import { everyBranch } from '../helpers/call-flow/every-branch';

const flow = layOut(everyBranch);
const places = fc.constantFrom(...flow.steps.keys());
const states: fc.Arbitrary<State> = fc.record({
  at: places,
  attempt: fc.nat(10),
  asked: fc.nat(200),
  fallen: fc
    .array(fc.tuple(fc.oneof(places, fc.constant('*')), fc.constantFrom('proxy', 'say')), {
      maxLength: 3,
    })
    .map((entries) => new Map(entries)),
});

const parametersOf = (query: string) => Object.fromEntries(new URLSearchParams(query));

describe('the state of a call', () => {
  it('comes back whole from the URL that it was written to', () => {
    fc.assert(
      fc.property(states, (state) => {
        const query = stateQuery(state);
        expect(readState(flow, parametersOf(query))).toEqual(state);
        // Encoded once, and of characters that no server and no signature writes differently.
        expect(query).toMatch(/^[\w.*&=%-]+$/);
      }),
    );
  });

  it('is the place alone in the URL of a medium, so that callers share it, until something failed', () => {
    const state = { ...BEGINNING, at: 'farewell', attempt: 2, asked: 7 };
    expect(mediumQuery(state)).toBe('at=farewell');
    const fallen = new Map([['farewell', 'proxy'] as const]);
    expect(mediumQuery({ ...state, fallen })).toBe(
      'at=farewell&attempt=2&asked=7&fallen=farewell%3Aproxy',
    );
  });

  it('is the beginning where the flow no longer has the place', () => {
    expect(readState(flow, { at: 'menus.gone.prompt', attempt: '1', asked: '4' })).toEqual({
      ...BEGINNING,
      attempt: 1,
      asked: 4,
    });
  });

  it('forgets what has fallen where the flow no longer has the place', () => {
    const { fallen } = readState(flow, { fallen: 'menus.gone.prompt:say,farewell:proxy,*:proxy' });
    expect([...fallen]).toEqual([
      ['farewell', 'proxy'],
      ['*', 'proxy'],
    ]);
  });

  it('knows the lowest rung that a recording has fallen to, in any place', () => {
    const fallen = new Map([
      ['*', 'proxy'],
      ['farewell', 'say'],
    ] as const);
    expect(rungOf(flow, { ...BEGINNING, fallen }, 'prompts/goodbye.mp3')).toBe('say');
    expect(rungOf(flow, { ...BEGINNING, fallen }, 'prompts/menu.mp3')).toBe('proxy');
    expect(rungOf(flow, BEGINNING, 'prompts/menu.mp3')).toBe('asset');
  });
});
