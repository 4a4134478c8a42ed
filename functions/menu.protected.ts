import { answer, defineVoiceFunction } from '../src/flow';
import { readMenuInput } from '../src/flow/input';

/** The action of <Gather>, and where a silent caller is sent. */
export const handler = defineVoiceFunction('menu', (menu, speaker, event) => {
  const { attempt, digits } = readMenuInput(event);
  return answer(menu, attempt, digits, speaker);
});
