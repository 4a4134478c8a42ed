import { answerMedium, defineProbe } from './answer';

/** A medium at the place that its URL names. */
export const handler = defineProbe('medium', (probe) => answerMedium(probe, probe.place ?? 'play'));
