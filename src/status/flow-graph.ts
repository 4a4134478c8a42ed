import type { Prompt } from '../call-flow/prompts';
import type { CallFlow } from '../call-flow/schema';
import {
  END,
  FAREWELL,
  type Flow,
  layOut,
  type Question,
  START,
  type Step,
  type StepId,
  stepAt,
} from '../call-flow/steps';
import { type FlowEdge, type FlowNode, nodeAt } from './response';

/** A call flow as a graph. */
export interface FlowGraph {
  /** In the order in which calls meet them, then those that no call reaches; the farewell is the last. */
  readonly nodes: FlowNode[];
  readonly edges: FlowEdge[];
}

/** The node at which every call comes in. The JSON has no such place. */
export const CALL = 'call';

/**
 * Makes a graph of a valid call flow from the steps that calls take. A step that callers do not notice
 * (going to a menu, back to its question) is no node: edges lead to what comes after it. A greeting is
 * a node of its own, because a caller who comes back to the menu's question does not hear it again.
 *
 * The graph does not show how many questions one call may ask, nor that a dial that was answered ends
 * the call.
 */
export function flowGraph(callFlow: CallFlow): FlowGraph {
  const flow = layOut(callFlow);
  const nodes = new Map<string, FlowNode>();
  const edges: FlowEdge[] = [];
  const connect = (from: string, next: StepId, label: string): void => {
    const step = landing(flow, next);
    edges.push({ from, to: nodeAt(step), label });
    visit(step);
  };
  // Depth first: what a key leads to stands next to it.
  const visit = (id: StepId): void => {
    const node = nodeAt(id);
    if (id === FAREWELL || nodes.has(node)) return;
    nodes.set(node, nodeOf(id, callFlow, flow));
    for (const [label, next] of exitsOf(id, flow)) connect(node, next, label);
  };
  nodes.set(CALL, { id: CALL, kind: 'start', title: '', prompts: [] });
  connect(CALL, START, '');
  for (const id of flow.steps.keys()) if (id !== END && landing(flow, id) === id) visit(id);
  return { nodes: [...nodes.values(), nodeOf(FAREWELL, callFlow, flow)], edges };
}

/** The first step, from this one on, that callers notice. */
function landing(flow: Flow, id: StepId): StepId {
  const step = stepAt(flow, id);
  if (step.kind === 'enter') return landing(flow, step.next);
  return step.kind === 'again' && !step.prompt ? step.question : id;
}

function questionAt(flow: Flow, id: StepId): Question {
  const step = stepAt(flow, id);
  if (step.kind !== 'ask') throw new RangeError(`${id} is not a question`);
  return step;
}

function nodeOf(id: StepId, callFlow: CallFlow, flow: Flow): FlowNode {
  const step = stepAt(flow, id);
  const prompt = 'prompt' in step ? step.prompt : undefined;
  const prompts = prompt ? [describe(prompt, callFlow)] : [];
  const kind = id === FAREWELL ? 'farewell' : KINDS[step.kind];
  return { id: nodeAt(id), kind, title: titleOf(id, step, callFlow), prompts };
}

function describe({ key, text, language }: Prompt, flow: CallFlow): FlowNode['prompts'][number] {
  const spoken = language ?? flow.language;
  return { ...(key && { key }), words: text, ...(spoken && { language: spoken }) };
}

const KINDS = {
  say: 'play',
  again: 'play',
  enter: 'menu',
  ask: 'menu',
  hours: 'hours',
  dial: 'dial',
  record: 'record',
  hangup: 'hangup',
} as const satisfies Record<Step['kind'], FlowNode['kind']>;

/** What a node has besides its kind and its words: a name or a number. */
function titleOf(id: StepId, step: Step, { hours }: CallFlow): string {
  if (step.kind === 'ask') return nodeAt(id).replace('menus.', '');
  if (step.kind === 'dial') return step.dial.number;
  if (step.kind !== 'hours') return '';
  return Object.keys(hours).find((name) => hours[name] === step.hours) ?? '';
}

/** A label of an edge, and the step after it. */
type Exit = readonly [label: string, next: StepId];

/**
 * Where calls go on from a step, and after what. What asks again has a second exit for a menu whose
 * attempts are used up, which comes before the prompt that would introduce the question. A menu that
 * asks once has the second alone.
 */
function exitsOf(id: StepId, flow: Flow): Exit[] {
  const exits: Exit[] = [];
  const lastAttempts = new Map<string, StepId>();
  for (const [label, next] of exitsOfStep(stepAt(flow, id))) {
    const step = stepAt(flow, next);
    const question = step.kind === 'again' ? questionAt(flow, step.question) : undefined;
    if (!question) {
      exits.push([label, next]);
    } else if (question.menu.attempts === 1) {
      exits.push([label, question.otherwise]);
    } else {
      exits.push([label, next]);
      lastAttempts.set(`after ${question.menu.attempts} attempts`, question.otherwise);
    }
  }
  return [...exits, ...lastAttempts];
}

const INPUT = { digits: undefined, dialCallStatus: undefined, substituteCallerId: undefined };

/** The keys in the order of a keypad. An object has its digits in another: 0 is the first. */
const onKeypad = (keys: string): number => '123456789*0#'.indexOf(keys.charAt(0));

function exitsOfStep(step: Step): Exit[] {
  switch (step.kind) {
    case 'say':
    case 'enter':
      return [['', step.next]];
    case 'again':
      return [['', step.question]];
    case 'ask':
      return [
        ...Object.keys(step.menu.digits)
          .sort((a, b) => onKeypad(a) - onKeypad(b))
          .map((digits): Exit => [digits, step.answered({ ...INPUT, digits })]),
        // No key of a menu is empty.
        ['unknown key', step.answered({ ...INPUT, digits: '' })],
        ['silence', step.answered(INPUT)],
      ];
    case 'hours':
      return [
        ['open', step.open],
        ['closed', step.closed],
      ];
    case 'dial':
      return [['nobody answers', step.answered({ ...INPUT, dialCallStatus: 'no-answer' })]];
    case 'record':
      return [
        ['message left', step.answered(INPUT)],
        ['nothing said', step.silence],
      ];
    case 'hangup':
      return [];
  }
}
