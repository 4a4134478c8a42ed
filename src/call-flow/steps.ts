import type { Action, DialAction, RecordAction } from './actions';
import type { Hours } from './hours';
import type { Input } from './input';
import type { Prompt } from './prompts';
import type { CallFlow, Menu } from './schema';

/** Names a step by a path into the flow's JSON, such as `menus.main.digits.1`. */
export type StepId = string;

/** One thing that happens in a call, with one prompt at most. */
export type Step =
  | { readonly kind: 'say'; readonly prompt: Prompt; readonly next: StepId }
  | Question
  /** On to a question, with a new count of attempts. */
  | { readonly kind: 'enter'; readonly next: StepId }
  /** To a question once more, as long as it has attempts left. */
  | { readonly kind: 'again'; readonly prompt?: Prompt | undefined; readonly question: StepId }
  | {
      readonly kind: 'hours';
      readonly hours: Hours;
      readonly open: StepId;
      readonly closed: StepId;
    }
  | ({
      readonly kind: 'dial';
      readonly prompt?: Prompt | undefined;
      readonly dial: DialAction;
    } & Waiting)
  | ({
      readonly kind: 'record';
      readonly prompt?: Prompt | undefined;
      readonly record: RecordAction;
      /** If the message is empty. */
      readonly silence: StepId;
    } & Waiting)
  | { readonly kind: 'hangup'; readonly prompt?: Prompt | undefined };

/** A step in which the call waits for the caller, or for another call to end. */
interface Waiting {
  /** Where the call goes then. */
  answered(input: Input): StepId;
}

export interface Question extends Waiting {
  readonly kind: 'ask';
  readonly prompt: Prompt;
  readonly menu: Menu;
  /** Undefined if only the finishing key, or a pause, ends the answer. */
  readonly numDigits: number | undefined;
  /** After the last attempt. */
  readonly otherwise: StepId;
}

/** A call flow laid out in steps. */
export interface Flow {
  readonly steps: ReadonlyMap<StepId, Step>;
  /** Questions that one call may ask. */
  readonly questions: number;
  /** Language and voice of prompts that have none of their own. */
  readonly speech: Pick<CallFlow, 'language' | 'voice'>;
}

/** Where every call begins. */
export const START: StepId = 'start';
/** Where a call ends if nothing else ends it. */
export const FAREWELL: StepId = 'farewell';
/** Where a call ends after an answered dial. */
export const END: StepId = 'end';

/** Lays a valid call flow out in steps, each under its id. */
export function layOut(flow: CallFlow): Flow {
  const steps = new Map<StepId, Step>([
    [FAREWELL, { kind: 'hangup', prompt: flow.farewell }],
    [END, { kind: 'hangup' }],
  ]);
  for (const [name, menu] of Object.entries(flow.menus)) {
    const { greeting } = menu;
    const question = questionOf(name);
    steps.set(question, questionStep(name, menu));
    steps.set(backTo(name), { kind: 'enter', next: question });
    steps.set(againOf(name), { kind: 'again', question });
    if (greeting) steps.set(greetingOf(name), { kind: 'say', prompt: greeting, next: question });
  }
  for (const action of actionsOf(flow)) steps.set(action.id, stepOf(action, flow));
  return { steps, questions: flow.questions, speech: flow };
}

/**
 * The step of an id. An id that came from a request has to be checked before.
 *
 * @throws {RangeError} when the flow has no such step
 */
export function stepAt({ steps }: Flow, id: StepId): Step {
  const step = steps.get(id);
  if (!step) throw new RangeError(`the call flow has no step ${id}`);
  return step;
}

const questionOf = (menu: string): StepId => `menus.${menu}.prompt`;
const greetingOf = (menu: string): StepId => `menus.${menu}.greeting`;
/** The question after an answer. */
const backTo = (menu: string): StepId => `menus.${menu}`;
/** The question after silence or an unknown key. */
const againOf = (menu: string): StepId => `menus.${menu}.again`;

function questionStep(name: string, menu: Menu): Question {
  const keys = Object.keys(menu.digits);
  const longest = Math.max(...keys.map(({ length }) => length));
  return {
    kind: 'ask',
    prompt: menu.prompt,
    menu,
    numDigits: menu.numDigits ?? (menu.finishOnKey === '' ? longest : undefined),
    otherwise: menu.otherwise ? `menus.${name}.otherwise` : FAREWELL,
    answered({ digits }) {
      if (digits === undefined) return `menus.${name}.silence`;
      return `menus.${name}.${keys.includes(digits) ? `digits.${digits}` : 'unknown'}`;
    },
  };
}

function stepOf({ id, action, menu, isAnswer }: FlowAction, flow: CallFlow): Step {
  /** Where the call goes on after this action. */
  const after = (field: string, following: Action | undefined): StepId => {
    if (following) return `${id}.${field}`;
    if (menu === undefined) return FAREWELL;
    return isAnswer ? backTo(menu) : againOf(menu);
  };
  switch (action.action) {
    case 'play':
      return { kind: 'say', prompt: action.prompt, next: after('next', action.next) };
    case 'menu': {
      const isGreeted = flow.menus[action.menu]?.greeting !== undefined;
      return { kind: 'enter', next: (isGreeted ? greetingOf : questionOf)(action.menu) };
    }
    case 'again':
      return { kind: 'again', prompt: action.prompt, question: questionOf(menu ?? '') };
    case 'dial': {
      const unanswered = after('otherwise', action.otherwise);
      const answered = ({ dialCallStatus }: Input) =>
        dialCallStatus === 'completed' ? END : unanswered;
      return { kind: 'dial', prompt: action.prompt, dial: action, answered };
    }
    case 'record': {
      const silence = after('silence', action.silence);
      const next = after('next', action.next);
      const { prompt } = action;
      return { kind: 'record', prompt, record: action, silence, answered: () => next };
    }
    case 'hours': {
      const hours = flow.hours[action.hours];
      if (!hours) throw new RangeError(`${id}: there are no hours ${action.hours}`);
      return { kind: 'hours', hours, open: `${id}.open`, closed: `${id}.closed` };
    }
    case 'hangup':
      return { kind: 'hangup', prompt: action.prompt };
  }
}

/** An action of a flow, and where it stands. */
export interface FlowAction {
  readonly id: StepId;
  readonly action: Action;
  /** The menu whose question it may ask again; undefined outside of a menu. */
  readonly menu: string | undefined;
  /** Whether a known key of the menu leads to it; all else costs an attempt. */
  readonly isAnswer: boolean;
}

/** Every action of a flow, with those that follow it. */
export function* actionsOf(flow: CallFlow): Generator<FlowAction> {
  yield* withFollowing({ id: START, action: flow.start, menu: undefined, isAnswer: false });
  for (const [menu, { digits, unknown, silence, otherwise }] of Object.entries(flow.menus)) {
    const id = `menus.${menu}`;
    for (const [keys, action] of Object.entries(digits)) {
      yield* withFollowing({ id: `${id}.digits.${keys}`, action, menu, isAnswer: true });
    }
    yield* withFollowing({ id: `${id}.unknown`, action: unknown, menu, isAnswer: false });
    yield* withFollowing({ id: `${id}.silence`, action: silence, menu, isAnswer: false });
    if (otherwise) {
      // The attempts are used up: this is outside of the menu.
      const outside = { menu: undefined, isAnswer: false };
      yield* withFollowing({ id: `${id}.otherwise`, action: otherwise, ...outside });
    }
  }
}

function* withFollowing(found: FlowAction): Generator<FlowAction> {
  yield found;
  for (const [field, value] of Object.entries(found.action)) {
    if (typeof value === 'object' && 'action' in value) {
      yield* withFollowing({ ...found, id: `${found.id}.${field}`, action: value });
    }
  }
}

/** A prompt of a flow, and the path to it in the flow's JSON. */
export interface FlowPrompt {
  readonly at: string;
  readonly prompt: Prompt;
}

/** Every prompt of a flow. */
export function* promptsOf(flow: CallFlow): Generator<FlowPrompt> {
  for (const [name, { greeting, prompt }] of Object.entries(flow.menus)) {
    if (greeting) yield { at: greetingOf(name), prompt: greeting };
    yield { at: questionOf(name), prompt };
  }
  for (const { id, action } of actionsOf(flow)) {
    if ('prompt' in action && action.prompt) yield { at: `${id}.prompt`, prompt: action.prompt };
  }
  yield { at: FAREWELL, prompt: flow.farewell };
}
