/** A file of a Build as the edge serves it. */
export interface HostedFile {
  /** SID of the Asset Version or Function Version (ZN…). */
  readonly sid: string;
  /** URL path, with a leading slash. */
  readonly path: string;
  readonly visibility: 'public' | 'protected' | 'private';
  readonly content: Buffer;
  /** The type that the upload declared. */
  readonly contentType: string;
}

/** What one environment serves now: its live Build and its variables. */
export interface HostedBuild {
  readonly buildSid: string;
  readonly serviceSid: string;
  readonly environmentSid: string;
  readonly functions: readonly HostedFile[];
  readonly assets: readonly HostedFile[];
  readonly variables: Readonly<Record<string, string>>;
}
