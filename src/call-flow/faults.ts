import { actionsOf, type Place, type PlacedAction } from './places';
import type { CallFlow, Menu } from './schema';

/** One thing that is wrong with a flow. */
export interface Fault {
  readonly at: Place;
  /** What stands there, as JSON. */
  readonly value: string | undefined;
  /** The rule that it breaks: what is allowed. */
  readonly rule: string;
}

/** What a schema cannot see: names that lead nowhere, and keys that nobody can press. */
export function faultsOf(flow: CallFlow): Fault[] {
  return [
    ...[...actionsOf(flow)].flatMap((placed) => faultsOfAction(placed, flow)),
    ...Object.entries(flow.menus).flatMap(([name, menu]) => faultsOfKeys(`menus.${name}`, menu)),
  ];
}

function faultsOfAction({ at, action, menu }: PlacedAction, flow: CallFlow): Fault[] {
  switch (action.action) {
    case 'menu':
      return unlessNamed(`${at}.menu`, action.menu, flow.menus, 'a menu');
    case 'hours':
      return unlessNamed(`${at}.hours`, action.hours, flow.hours, 'opening hours');
    case 'again':
      return menu === undefined
        ? [fault(`${at}.action`, 'again', 'must not be here: there is no question to ask again')]
        : [];
    default:
      return [];
  }
}

function unlessNamed(at: Place, name: string, table: object, what: string): Fault[] {
  if (Object.hasOwn(table, name)) return [];
  const names = Object.keys(table).join(', ') || 'none';
  return [fault(at, name, `must be the name of ${what}; there are: ${names}`)];
}

function faultsOfKeys(at: Place, { digits, numDigits, finishOnKey }: Menu): Fault[] {
  return Object.keys(digits).flatMap((keys) => {
    const place = `${at}.digits.${keys}`;
    if (numDigits !== undefined && keys.length > numDigits) {
      return [fault(place, keys, `cannot be pressed: numDigits takes ${numDigits} of them`)];
    }
    if (finishOnKey !== '' && keys.includes(finishOnKey)) {
      return [fault(place, keys, `cannot be pressed: ${finishOnKey} is the finishOnKey`)];
    }
    return [];
  });
}

function fault(at: Place, value: string, rule: string): Fault {
  return { at, value: JSON.stringify(value), rule };
}
