import { parseCallFlow } from '../../../src/call-flow/parse';
import { type Flow, layOut } from '../../../src/call-flow/steps';

export const play = (text: string) => ({ action: 'play', prompt: { text } });

/** A flow of one menu, `m`, with one key and two attempts. */
export function oneMenu(changes: object): Flow {
  const menu = { prompt: { text: 'Press 1.' }, digits: { '1': play('One.') }, attempts: 2 };
  return layOut(
    parseCallFlow(
      JSON.stringify({
        start: { action: 'menu', menu: 'm' },
        menus: { m: { ...menu, ...changes } },
        hours: { never: { timeZone: 'UTC', weekly: {} } },
        farewell: { text: 'Bye.' },
      }),
    ),
  );
}
