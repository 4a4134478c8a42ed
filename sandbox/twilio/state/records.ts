import type { HostedBuild, HostedFile } from '../../hosted';

export type Visibility = HostedFile['visibility'];

/** What every resource has. `sequence` counts creations: two in one second still have an order. */
export interface Resource {
  readonly sid: string;
  readonly sequence: number;
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

export interface UpdatableResource extends Resource {
  updatedAt: number;
}

export interface Service extends UpdatableResource {
  readonly uniqueName: string;
  friendlyName: string;
  includeCredentials: boolean;
  uiEditable: boolean;
  readonly domainBase: string;
  readonly environments: Map<string, Environment>;
  readonly assets: Map<string, FileResource>;
  readonly functions: Map<string, FileResource>;
  readonly builds: Map<string, Build>;
}

export interface Environment extends UpdatableResource {
  readonly uniqueName: string;
  readonly domainSuffix: string | null;
  readonly domainName: string;
  /** The live Build. */
  build: Build | undefined;
  readonly variables: Map<string, Variable>;
  readonly deployments: Map<string, Deployment>;
  readonly logs: Map<string, FunctionLog>;
  /** What the edge was given last; undefined once a deployment or a variable changed. */
  hosted: HostedBuild | undefined;
}

export interface Variable extends UpdatableResource {
  key: string;
  value: string;
}

/** A Build became live; without one, the environment was emptied. */
export interface Deployment extends Resource {
  readonly buildSid: string | null;
  readonly previousBuildSid: string | null;
}

/** A line of a Function's, with what was live then. */
export interface FunctionLog extends Resource {
  readonly level: 'INFO' | 'WARN' | 'ERROR';
  readonly message: string;
  readonly buildSid: string | null;
  readonly deploymentSid: string | null;
  readonly functionSid: string | null;
  readonly requestSid: string;
}

/** An Asset or a Function: a name under which versions are collected. */
export interface FileResource extends UpdatableResource {
  friendlyName: string;
  readonly versions: Map<string, FileVersion>;
  /** Epoch milliseconds since which it has had no version, while it has none. */
  emptySince: number;
}

export interface Upload {
  readonly path: string;
  readonly visibility: Visibility;
  readonly content: Buffer;
  readonly contentType: string;
}

export interface FileVersion extends Resource, Upload {
  readonly fileSid: string;
  /** How many existing Builds hold it. */
  builds: number;
  /** Epoch milliseconds since which no Build has held it, while none does. */
  unusedSince: number;
}

export interface Dependency {
  readonly name: string;
  readonly version: string;
}

export interface BuildContents {
  readonly assets: readonly FileVersion[];
  readonly functions: readonly FileVersion[];
  readonly dependencies: readonly Dependency[];
  readonly runtime: string;
}

/** A package: it keeps its files even when their Asset or Function is deleted. */
export interface Build extends Resource, BuildContents {
  readonly outcome: 'completed' | 'failed';
  /** Epoch milliseconds from which on the status is the outcome. */
  readonly readyAt: number;
  /** Epoch milliseconds since which it has been live nowhere, while it is not. */
  idleSince: number;
}

export type HttpMethod = 'GET' | 'POST';

/** Where calls to a number go: what an update can change. */
export interface NumberRouting {
  friendlyName: string;
  voiceUrl: string;
  voiceMethod: HttpMethod;
  voiceFallbackUrl: string;
  voiceFallbackMethod: HttpMethod;
  /** An application, or a trunk, takes the calls instead of the URLs; never both. */
  voiceApplicationSid: string;
  trunkSid: string;
}

export interface PhoneNumber extends UpdatableResource, NumberRouting {
  /** E.164. */
  readonly phoneNumber: string;
}
