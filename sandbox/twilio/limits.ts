const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;

/**
 * What the Serverless API refuses. Sizes that Twilio gives in MB and KB are read as powers of ten:
 * what passes here passes under either reading.
 *
 * Counts: https://www.twilio.com/docs/runtime/functions-assets-api (an older edition of it lets an
 * idle Build live for one hour only). Retention: https://www.twilio.com/docs/serverless/api.
 * Asset sizes: https://support.twilio.com/hc/en-us/articles/360019105433.
 * Variables: https://www.twilio.com/docs/serverless/api/resource/variable.
 */
export interface Limits {
  /** Largest upload, in bytes. */
  readonly assetBytes: number;
  /** Largest private upload, in bytes. */
  readonly privateAssetBytes: number;
  readonly functionsPerBuild: number;
  /** Public and protected Asset Versions together. */
  readonly servedAssetsPerBuild: number;
  readonly privateAssetsPerBuild: number;
  /** In an account, over any 60 minutes. */
  readonly buildsPerHour: number;
  readonly variableKeyCharacters: number;
  readonly variableValueBytes: number;
  /** All variables of one environment, as the JSON object that a Function's context carries. */
  readonly variablesBytes: number;
  /** Requests of the account in progress at once. Twilio has such a limit, and no number for it. */
  readonly concurrentRequests: number;
  readonly pageSize: number;
  readonly defaultPageSize: number;
  /** Milliseconds that a Build stays while it is live nowhere. */
  readonly idleBuildMs: number;
  /** Milliseconds that a version stays while no Build holds it, or a file without versions. */
  readonly unusedVersionMs: number;
}

export const defaultLimits: Limits = {
  assetBytes: 25_000_000,
  privateAssetBytes: 10_000_000,
  functionsPerBuild: 50,
  servedAssetsPerBuild: 1000,
  privateAssetsPerBuild: 50,
  buildsPerHour: 100,
  variableKeyCharacters: 128,
  variableValueBytes: 450,
  variablesBytes: 3000,
  concurrentRequests: 100,
  pageSize: 1000,
  defaultPageSize: 50,
  idleBuildMs: DAY,
  unusedVersionMs: 7 * DAY,
};
