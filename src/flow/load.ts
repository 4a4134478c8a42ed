import * as v from 'valibot';
import { ConfigError } from '../errors';
import { type CallFlow, callFlowSchema } from './schema';

/** Path of the private Asset that holds the flow: assets/call-flow.private.json */
const CALL_FLOW_ASSET = '/call-flow.json';

let loaded: { readonly file: string; readonly flow: CallFlow } | undefined;

/**
 * The call flow of the Build that this Function was deployed with.
 *
 * @throws {ConfigError} when it is missing or invalid; the message names path and rule.
 */
export function loadCallFlow(): CallFlow {
  const asset = Runtime.getAssets()[CALL_FLOW_ASSET];
  if (!asset) {
    throw new ConfigError(
      'The deployment has no call flow: assets/call-flow.private.json is missing.',
    );
  }
  if (loaded?.file !== asset.path) loaded = { file: asset.path, flow: parseCallFlow(asset.open()) };
  return loaded.flow;
}

/**
 * Validates a call flow.
 *
 * @param json the text of call-flow.private.json
 * @throws {ConfigError} naming each place, its value's fault and what is allowed.
 */
export function parseCallFlow(json: string): CallFlow {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw new ConfigError('assets/call-flow.private.json is not JSON.', { cause });
  }
  const parsed = v.safeParse(callFlowSchema, value);
  if (parsed.success) return parsed.output;
  const lines = parsed.issues.map(
    (issue) => `  ${v.getDotPath(issue) ?? 'flow'}: ${issue.message}`,
  );
  throw new ConfigError(['assets/call-flow.private.json is not valid:', ...lines].join('\n'));
}
