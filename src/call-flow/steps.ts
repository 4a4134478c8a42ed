import { actionsOf, type Place, type PlacedAction } from './places';
import type { CallFlow, Hours, Menu, Prompt } from './schema';

/** A menu's question, with the places to which its answers lead. */
export interface Question {
  readonly prompt: Prompt;
  /** Undefined where only the finishing key, or a pause, ends the answer. */
  readonly numDigits: number | undefined;
  readonly finishOnKey: string;
  /** Seconds. */
  readonly timeout: number;
  readonly attempts: number;
  /** Keys → place. */
  readonly digits: ReadonlyMap<string, Place>;
  readonly unknown: Place;
  readonly silence: Place;
  readonly otherwise: Place;
}

/** One thing that happens in a call. At most one prompt is heard in each. */
export type Step =
  | { readonly kind: 'say'; readonly prompt: Prompt; readonly next: Place }
  | ({ readonly kind: 'ask' } & Question)
  /** On to another place, with attempts counted afresh. */
  | { readonly kind: 'fresh'; readonly next: Place }
  /** To a question once more, as long as it has attempts left. */
  | { readonly kind: 'again'; readonly prompt?: Prompt | undefined; readonly question: Place }
  | {
      readonly kind: 'dial';
      readonly prompt?: Prompt | undefined;
      readonly number: string;
      readonly callerId?: string | undefined;
      /** Seconds. */
      readonly timeout: number;
      /** When nobody answered. */
      readonly next: Place;
    }
  | {
      readonly kind: 'record';
      readonly prompt?: Prompt | undefined;
      /** Seconds. */
      readonly maxLength: number;
      readonly timeout: number;
      readonly finishOnKey: string;
      /** When nothing was said. */
      readonly silence: Place;
      readonly next: Place;
    }
  | {
      readonly kind: 'hours';
      readonly hours: Hours;
      readonly open: Place;
      readonly closed: Place;
    }
  | { readonly kind: 'hangup'; readonly prompt?: Prompt | undefined };

/** A call flow as the call walks it. */
export interface Flow {
  readonly steps: ReadonlyMap<Place, Step>;
  /** Questions that one call may ask. */
  readonly questions: number;
  /** What prompts are said in unless they name a language of their own. */
  readonly speech: Pick<CallFlow, 'language' | 'voice'>;
}

/** Where every call begins. */
export const START: Place = 'start';
/** Where a call ends that nothing else ends. */
export const FAREWELL: Place = 'farewell';
/** Where a call ends in which everything was said. */
export const END: Place = 'end';

/** Lays a valid call flow out in steps, each under its place. */
export function layOut(flow: CallFlow): Flow {
  const steps = new Map<Place, Step>([
    [FAREWELL, { kind: 'hangup', prompt: flow.farewell }],
    [END, { kind: 'hangup' }],
  ]);
  for (const [name, menu] of Object.entries(flow.menus)) {
    const { greeting } = menu;
    const question = questionOf(name);
    steps.set(question, ask(name, menu));
    steps.set(backOf(name), { kind: 'fresh', next: question });
    steps.set(againOf(name), { kind: 'again', question });
    if (greeting) steps.set(greetingOf(name), { kind: 'say', prompt: greeting, next: question });
  }
  for (const placed of actionsOf(flow)) steps.set(placed.at, stepOf(placed, flow));
  return { steps, questions: flow.questions, speech: flow };
}

const questionOf = (menu: string): Place => `menus.${menu}.prompt`;
const greetingOf = (menu: string): Place => `menus.${menu}.greeting`;
/** The question after an answer. */
const backOf = (menu: string): Place => `menus.${menu}`;
/** The question after silence or an unknown key. */
const againOf = (menu: string): Place => `menus.${menu}.again`;

function ask(name: string, menu: Menu): Step {
  const { prompt, finishOnKey, timeout, attempts, otherwise } = menu;
  const keys = Object.keys(menu.digits);
  const at = `menus.${name}`;
  return {
    kind: 'ask',
    prompt,
    numDigits: menu.numDigits ?? (finishOnKey === '' ? longest(keys) : undefined),
    finishOnKey,
    timeout,
    attempts,
    digits: new Map(keys.map((each) => [each, `${at}.digits.${each}`])),
    unknown: `${at}.unknown`,
    silence: `${at}.silence`,
    otherwise: otherwise ? `${at}.otherwise` : FAREWELL,
  };
}

const longest = (keys: readonly string[]): number => Math.max(...keys.map(({ length }) => length));

function stepOf({ at, action, menu, isAnswer }: PlacedAction, flow: CallFlow): Step {
  /** Where the call goes on after what stands here. */
  const after = (field: string, following: unknown): Place => {
    if (following) return `${at}.${field}`;
    if (menu === undefined) return FAREWELL;
    return isAnswer ? backOf(menu) : againOf(menu);
  };
  switch (action.action) {
    case 'play':
      return { kind: 'say', prompt: action.prompt, next: after('next', action.next) };
    case 'menu': {
      const greeted = flow.menus[action.menu]?.greeting !== undefined;
      return { kind: 'fresh', next: (greeted ? greetingOf : questionOf)(action.menu) };
    }
    case 'again':
      return { kind: 'again', prompt: action.prompt, question: questionOf(menu ?? '') };
    case 'dial': {
      const { prompt, number, callerId, timeout, otherwise } = action;
      const next = after('otherwise', otherwise);
      return { kind: 'dial', prompt, number, callerId, timeout, next };
    }
    case 'record': {
      const { prompt, maxLength, timeout, finishOnKey } = action;
      const silence = after('silence', action.silence);
      const next = after('next', action.next);
      return { kind: 'record', prompt, maxLength, timeout, finishOnKey, silence, next };
    }
    case 'hours': {
      const hours = flow.hours[action.hours];
      if (!hours) throw new RangeError(`${at}: there are no hours ${action.hours}`);
      return { kind: 'hours', hours, open: `${at}.open`, closed: `${at}.closed` };
    }
    case 'hangup':
      return { kind: 'hangup', prompt: action.prompt };
  }
}

/** The step at a place that the flow itself names. */
export function stepAt({ steps }: Flow, place: Place): Step {
  const step = steps.get(place);
  if (!step) throw new RangeError(`the call flow has nothing at ${place}`);
  return step;
}
