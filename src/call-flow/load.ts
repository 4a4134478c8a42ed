import { ConfigError } from '../errors';
import { CALL_FLOW_ASSET } from './asset';
import { CALL_FLOW_FILE, parseCallFlow } from './parse';
import { type Flow, layOut } from './steps';

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
    loaded = { file: asset.path, flow: layOut(parseCallFlow(asset.open())) };
  }
  return loaded.flow;
}
