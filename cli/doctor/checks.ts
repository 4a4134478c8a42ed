import { appended, identity, isPrivate, ownSigner, presigned } from './access';
import { clock, listing, readable, region } from './bucket';
import { closed, numbers } from './calls';
import type { Check } from './check';
import { callFlow, configuration, envFile, variableSizes } from './configuration';
import { onTwilio } from './deployed-variables';
import { playable, present, promptSizes } from './prompts';
import { audioProxy } from './proxy';
import { webhookRules } from './rules';
import { account, assets, environment, inSync, liveBuild, runtime, services } from './service';

/** All checks of `doctor`, in the order of their lines: what others need comes first. */
export const CHECKS: readonly Check<unknown>[] = [
  envFile,
  configuration,
  variableSizes,
  callFlow,
  clock,
  identity,
  region,
  listing,
  readable,
  isPrivate,
  presigned,
  appended,
  ownSigner,
  present,
  playable,
  promptSizes,
  account,
  services,
  environment,
  liveBuild,
  onTwilio,
  runtime,
  assets,
  inSync,
  numbers,
  webhookRules,
  closed,
  audioProxy,
];
