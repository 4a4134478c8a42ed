/** What a run waits for: more time, a quiet bucket, a Build, or the end of a limit of Twilio's. */
export const WAITS = ['time', 'quiet', 'build', 'limit'] as const;
export type Wait = (typeof WAITS)[number];
