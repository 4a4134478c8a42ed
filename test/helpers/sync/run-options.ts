/** The options of a run unless a test says otherwise. */
export const RUN_OPTIONS = {
  visibility: 'public',
  bytesInFlight: 64_000_000,
  isSlice: false,
  debounceMs: 0,
  selects: () => true,
  flowKeys: new Set<string>(),
  bucketName: 'prompts',
  prefix: '',
  proxyPrefix: '',
  maxObjectBytes: 25_000_000,
  retentionSeconds: 4 * 3600,
  maxVanishedShare: 0.5,
  force: false,
  dryRun: false,
} as const;
