import { stepOf } from '../steps';
import { answerStep, defineProbe } from './answer';

/** The test call's voice URL: one step a request. */
export const handler = defineProbe('voice', (probe) =>
  answerStep(probe, stepOf(probe.place) ?? 'play'),
);
