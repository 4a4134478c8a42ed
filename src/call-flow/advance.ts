import type { Input } from './input';
import type { Place } from './places';
import { moveTo, type State } from './state';
import { END, type Flow, type Question, stepAt } from './steps';

/** Where a call goes from a place that was waiting for the caller, or for a call to end. */
export function answered(flow: Flow, state: State, input: Input): State {
  const step = stepAt(flow, state.at);
  switch (step.kind) {
    case 'ask':
      return moveTo(state, answerTo(step, input.digits));
    case 'dial':
      return moveTo(state, input.dialCallStatus === 'completed' ? END : step.next);
    case 'record':
      return moveTo(state, step.next);
    default:
      return state;
  }
}

function answerTo({ digits, unknown, silence }: Question, pressed: string | undefined): Place {
  return pressed === undefined ? silence : (digits.get(pressed) ?? unknown);
}

/**
 * Where a call goes when the request that would have answered got lost. A question is asked again,
 * without a word of what was pressed; that costs an attempt, so that it ends if all get lost.
 */
export function lost(flow: Flow, state: State): State {
  const step = stepAt(flow, state.at);
  if (step.kind !== 'ask') return answered(flow, state, NOTHING);
  return askAgain(flow, state, state.at);
}

const NOTHING: Input = {
  digits: undefined,
  dialCallStatus: undefined,
  substituteCallerId: undefined,
};

/** To a question once more while it has attempts left, otherwise to what comes then. */
export function askAgain(flow: Flow, state: State, question: Place): State {
  const step = stepAt(flow, question);
  if (step.kind !== 'ask') throw new RangeError(`${question} is not a question`);
  return moveTo(state, state.attempt < step.attempts ? question : step.otherwise);
}
