/** How good or bad something is; the style sheet has a colour for each. */
export type Tone = 'good' | 'warn' | 'bad' | 'quiet';

/** The mark of each, where what is said has none of its own. */
export const TONE_ICONS = { good: 'check', warn: 'warning', bad: 'cross', quiet: 'clock' } as const;
