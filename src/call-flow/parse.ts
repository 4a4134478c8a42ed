import * as v from 'valibot';
import { ConfigError } from '../errors';
import { CALL_FLOW_FILE, withoutByteOrderMark } from './files';
import { type CallFlow, callFlowSchema, type Menu } from './schema';
import { actionsOf, type FlowAction, type FlowPrompt, promptsOf } from './steps';

/**
 * Reads a call flow: all that a call relies on is checked.
 *
 * @param json the text of call-flow.private.json
 * @throws {ConfigError} naming each place, what stands there and what is allowed
 */
export function parseCallFlow(json: string): CallFlow {
  const parsed = v.safeParse(callFlowSchema, readJson(json));
  if (!parsed.success) throw invalidFlow(parsed.issues.map(problemOfIssue));
  const flow = parsed.output;
  const problems = [
    ...[...actionsOf(flow)].flatMap((action) => problemsOfAction(action, flow)),
    ...Object.entries(flow.menus).flatMap(([name, menu]) => problemsOfKeys(name, menu)),
  ];
  if (problems.length > 0) throw invalidFlow(problems);
  return flow;
}

/**
 * Reads a call flow before it is deployed: checks also what would take too long during a call.
 *
 * @param json the text of call-flow.private.json
 * @throws {ConfigError} naming each place, what stands there and what is allowed
 */
export function checkCallFlow(json: string): CallFlow {
  const flow = parseCallFlow(json);
  const problems = Object.entries(flow.hours)
    .filter(([, { timeZone }]) => !isTimeZone(timeZone))
    .map(([name, { timeZone }]) => {
      const rule = 'must be a time zone such as Asia/Tokyo';
      return problem(`hours.${name}.timeZone`, timeZone, rule);
    });
  if (problems.length > 0) throw invalidFlow(problems);
  return flow;
}

/** Prompts of a flow whose recording is not among a bucket's keys: the first place of each. */
export function missingPrompts(flow: CallFlow, keys: ReadonlySet<string>): FlowPrompt[] {
  const missing = new Map<string, FlowPrompt>();
  for (const found of promptsOf(flow)) {
    const { key } = found.prompt;
    if (key !== undefined && !keys.has(key) && !missing.has(key)) missing.set(key, found);
  }
  return [...missing.values()];
}

/** One thing that is wrong with a flow. */
interface FlowProblem {
  /** A path into the JSON: `menus.main.digits.1`. */
  readonly at: string;
  /** What stands there, as JSON. */
  readonly value: string | undefined;
  /** What is allowed there. */
  readonly rule: string;
}

function problem(at: string, value: string, rule: string): FlowProblem {
  return { at, value: JSON.stringify(value), rule };
}

function invalidFlow(problems: readonly FlowProblem[]): ConfigError {
  const lines = problems.map(({ at, value, rule }) => {
    const found = value === undefined ? '' : ` (found ${value})`;
    return `  ${at} ${rule}${found}`;
  });
  return new ConfigError([`${CALL_FLOW_FILE} is not valid:`, ...new Set(lines)].join('\n'));
}

function readJson(json: string): unknown {
  try {
    return JSON.parse(withoutByteOrderMark(json));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError(`${CALL_FLOW_FILE} is not JSON: ${reason}${lineOf(reason, json)}`, {
      cause,
    });
  }
}

/** Line and column of the position that the parser names; newer parsers name them themselves. */
function lineOf(reason: string, json: string): string {
  const [, position] = /at position (\d+)$/.exec(reason) ?? [];
  if (position === undefined) return '';
  const before = json.slice(0, Number(position)).split('\n');
  return ` (line ${before.length} column ${(before.at(-1)?.length ?? 0) + 1})`;
}

const SHOWN_CHARACTERS = 80;

function problemOfIssue(issue: v.BaseIssue<unknown>): FlowProblem {
  const found = issue.received === 'undefined' ? undefined : JSON.stringify(issue.input);
  return {
    at: v.getDotPath(issue) ?? 'the flow',
    value: found?.slice(0, SHOWN_CHARACTERS),
    rule: issue.message,
  };
}

/** Names that lead nowhere. */
function problemsOfAction({ id, action, menu }: FlowAction, flow: CallFlow): FlowProblem[] {
  switch (action.action) {
    case 'menu':
      return unlessNamed(`${id}.menu`, action.menu, flow.menus, 'a menu');
    case 'hours':
      return unlessNamed(`${id}.hours`, action.hours, flow.hours, 'opening hours');
    case 'again': {
      const rule = 'must not be here: there is no question to ask again';
      return menu === undefined ? [problem(`${id}.action`, 'again', rule)] : [];
    }
    default:
      return [];
  }
}

function unlessNamed(at: string, name: string, table: object, what: string): FlowProblem[] {
  if (Object.hasOwn(table, name)) return [];
  const names = Object.keys(table).join(', ') || 'none';
  return [problem(at, name, `must be the name of ${what}; there are: ${names}`)];
}

/** Keys that a caller cannot press. */
function problemsOfKeys(menu: string, { digits, numDigits, finishOnKey }: Menu): FlowProblem[] {
  return Object.keys(digits).flatMap((keys) => {
    const at = `menus.${menu}.digits.${keys}`;
    if (numDigits !== undefined && keys.length > numDigits) {
      return [problem(at, keys, `cannot be pressed: numDigits takes ${numDigits} of them`)];
    }
    if (finishOnKey !== '' && keys.includes(finishOnKey)) {
      return [problem(at, keys, `cannot be pressed: ${finishOnKey} is the finishOnKey`)];
    }
    return [];
  });
}

function isTimeZone(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    return true;
  } catch {
    return false;
  }
}
