import { ConfigError } from '../errors';
import { isRecord } from '../record';
import { requirePrivateFunction } from '../runtime';
import { CALL_FLOW_ASSET, CALL_FLOW_FILE } from './files';
import type { CallFlow } from './schema';
import { type Flow, layOut } from './steps';

/** A call flow that was checked. */
export interface CheckedCallFlow {
  /** What it was read from, whole. */
  readonly text: string;
  readonly flow: CallFlow;
}

declare global {
  /** The call flow that scripts/build.ts checked: it puts it in place of this name. */
  var CHECKED_CALL_FLOW: CheckedCallFlow | undefined;
}

// Asked by `typeof`: outside of a bundle there is none.
const checked = typeof CHECKED_CALL_FLOW === 'undefined' ? undefined : CHECKED_CALL_FLOW;

let loaded: { readonly file: string; readonly flow: Flow } | undefined;

/**
 * The call flow of the Build that this Function was deployed with.
 *
 * @throws {ConfigError} when it is missing or not valid
 */
export function loadFlow(): Flow {
  const asset = Runtime.getAssets()[CALL_FLOW_ASSET];
  if (!asset)
    throw new ConfigError(`The deployment has no call flow: ${CALL_FLOW_FILE} is missing.`);
  if (loaded?.file !== asset.path) {
    loaded = { file: asset.path, flow: layOut(flowOf(asset.open())) };
  }
  return loaded.flow;
}

/**
 * The flow that the build checked, if it checked this text: parsing and checking it would be a quarter
 * of a new process's first answer, 12 of 50 ms. A Build can hold another one: an Asset can be replaced
 * without the Functions.
 */
function flowOf(text: string): CallFlow {
  if (text === checked?.text) return checked.flow;
  return requirePrivateFunction('call-flow-parser', isParser).parseCallFlow(text);
}

interface Parser {
  parseCallFlow(text: string): CallFlow;
}

function isParser(value: unknown): value is Parser {
  return isRecord(value) && typeof value.parseCallFlow === 'function';
}
