import { readFileSync } from 'node:fs';
import type { MediaStep } from '../../phone';
import { CALL_FLOW_FILE } from '../../src/call-flow/files';
import { parseCallFlow } from '../../src/call-flow/parse';
import { type Flow, layOut } from '../../src/call-flow/steps';
import { messageOf } from '../../src/errors';

/** Tells the words of what is played. */
export type Words = (step: MediaStep) => string | undefined;

/**
 * The words of media, from this project's call flow: a medium's URL names the place in the flow
 * that plays it. Of another flow's media nothing is known.
 */
export function wordsOfFlow(tell: (problem: string) => void): Words {
  const flow = readFlow(tell);
  return ({ url }) => {
    const step = flow?.steps.get(new URL(url).searchParams.get('at') ?? '');
    return step && 'prompt' in step ? step.prompt?.text : undefined;
  };
}

function readFlow(tell: (problem: string) => void): Flow | undefined {
  try {
    return layOut(parseCallFlow(readFileSync(CALL_FLOW_FILE, 'utf8')));
  } catch (thrown) {
    tell(messageOf(thrown));
    return undefined;
  }
}
