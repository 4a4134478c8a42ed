import type { Action, CallFlow, Prompt } from './schema';

/** Where in the flow something stands, as a path into its JSON: `menus.main.digits.1`. */
export type Place = string;

export interface PlacedAction {
  readonly at: Place;
  readonly action: Action;
  /** The menu that it belongs to, whose question it may ask again; undefined outside of one. */
  readonly menu: string | undefined;
  /** Whether it comes of keys that the menu knows; what does not costs an attempt. */
  readonly isAnswer: boolean;
}

export interface PlacedPrompt {
  readonly at: Place;
  readonly prompt: Prompt;
}

/** Every action of a flow, with those that follow it. */
export function* actionsOf(flow: CallFlow): Generator<PlacedAction> {
  yield* withFollowing({ at: 'start', action: flow.start, menu: undefined, isAnswer: false });
  for (const [name, { digits, unknown, silence, otherwise }] of Object.entries(flow.menus)) {
    const at = `menus.${name}`;
    for (const [keys, action] of Object.entries(digits)) {
      yield* withFollowing({ at: `${at}.digits.${keys}`, action, menu: name, isAnswer: true });
    }
    const unanswered = { menu: name, isAnswer: false };
    yield* withFollowing({ at: `${at}.unknown`, action: unknown, ...unanswered });
    yield* withFollowing({ at: `${at}.silence`, action: silence, ...unanswered });
    // Its attempts are used up: what comes now is outside of the menu.
    if (otherwise) {
      const outside = { menu: undefined, isAnswer: false };
      yield* withFollowing({ at: `${at}.otherwise`, action: otherwise, ...outside });
    }
  }
}

function* withFollowing(placed: PlacedAction): Generator<PlacedAction> {
  yield placed;
  for (const [field, action] of Object.entries(followingOf(placed.action))) {
    if (action) yield* withFollowing({ ...placed, at: `${placed.at}.${field}`, action });
  }
}

/** The actions that may come after one, by the field in which they stand. */
export function followingOf(action: Action): Record<string, Action | undefined> {
  switch (action.action) {
    case 'play':
      return { next: action.next };
    case 'record':
      return { silence: action.silence, next: action.next };
    case 'dial':
      return { otherwise: action.otherwise };
    case 'hours':
      return { open: action.open, closed: action.closed };
    default:
      return {};
  }
}

/** Every prompt of a flow. */
export function* promptsOf(flow: CallFlow): Generator<PlacedPrompt> {
  for (const [name, { greeting, prompt }] of Object.entries(flow.menus)) {
    if (greeting) yield { at: `menus.${name}.greeting`, prompt: greeting };
    yield { at: `menus.${name}.prompt`, prompt };
  }
  for (const { at, action } of actionsOf(flow)) {
    if ('prompt' in action && action.prompt) yield { at: `${at}.prompt`, prompt: action.prompt };
  }
  yield { at: 'farewell', prompt: flow.farewell };
}
