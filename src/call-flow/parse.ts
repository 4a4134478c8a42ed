import * as v from 'valibot';
import { ConfigError } from '../errors';
import { type Fault, faultsOf } from './faults';
import { type CallFlow, callFlowSchema } from './schema';

/** Where the flow lies in the project. */
export const CALL_FLOW_FILE = 'assets/call-flow.private.json';

/**
 * Reads a call flow.
 *
 * @param json the text of call-flow.private.json
 * @throws {ConfigError} naming each place, what stands there and what is allowed.
 */
export function parseCallFlow(json: string): CallFlow {
  const parsed = v.safeParse(callFlowSchema, readJson(json));
  if (!parsed.success) throw invalidFlow(parsed.issues.map(toFault));
  const faults = faultsOf(parsed.output);
  if (faults.length > 0) throw invalidFlow(faults);
  return parsed.output;
}

/** The error that names every fault of a flow. */
export function invalidFlow(faults: readonly Fault[]): ConfigError {
  const lines = faults.map(({ at, value, rule }) => {
    const found = value === undefined ? '' : ` (found ${value})`;
    return `  ${at} ${rule}${found}`;
  });
  return new ConfigError([`${CALL_FLOW_FILE} is not valid:`, ...new Set(lines)].join('\n'));
}

function readJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError(`${CALL_FLOW_FILE} is not JSON: ${reason}${lineOf(reason, json)}`, {
      cause,
    });
  }
}

/** Where the position stands that the parser names, unless it says so itself, as newer ones do. */
function lineOf(reason: string, json: string): string {
  const [, position] = /at position (\d+)$/.exec(reason) ?? [];
  if (position === undefined) return '';
  const before = json.slice(0, Number(position)).split('\n');
  return ` (line ${before.length} column ${(before.at(-1)?.length ?? 0) + 1})`;
}

const LONGEST_SHOWN = 80;

function toFault(issue: v.BaseIssue<unknown>): Fault {
  const shown = issue.received === 'undefined' ? undefined : JSON.stringify(issue.input);
  return {
    at: v.getDotPath(issue) ?? 'the flow',
    value: shown?.slice(0, LONGEST_SHOWN),
    rule: issue.message,
  };
}
