import { nodeAt } from '../../src/status/response';

/**
 * A place of the call flow in words: `menus.main.digits.1.prompt` is “menu main, key 1”.
 */
export function placeWords(place: string): string {
  const parts = nodeAt(place).split('.');
  const words: string[] = [];
  while (parts.length > 0) {
    const part = parts.shift();
    const name = parts[0];
    if (part === 'menus' && name !== undefined) words.push(`menu ${parts.shift()}`);
    else if (part === 'digits' && name !== undefined) words.push(`key ${parts.shift()}`);
    else if (part !== undefined) words.push(part);
  }
  return words.join(', ');
}
