import { answerMedium, defineProbe } from './answer';

/** Where /redirect leads. */
export const handler = defineProbe('redirected', (probe) => answerMedium(probe, 'redirected'));
