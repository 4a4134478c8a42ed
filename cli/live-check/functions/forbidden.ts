import { sentence } from '../../../src/runtime';
import { defineProbe } from './answer';

/** A medium that nobody may have. */
export const handler = defineProbe('forbidden', () => sentence(403, 'Forbidden.'));
