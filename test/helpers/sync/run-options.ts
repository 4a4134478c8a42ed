/** What a run is asked for unless a test says otherwise. */
export const RUN_OPTIONS = {
  visibility: 'public',
  bytesInFlight: 64_000_000,
  quiet: 0,
  selects: () => true,
  named: new Set<string>(),
  namedIsLive: true,
  prefix: '',
  largest: 25_000_000,
  retention: 4 * 3600,
  maxDelete: 0.5,
  force: false,
  dryRun: false,
} as const;
