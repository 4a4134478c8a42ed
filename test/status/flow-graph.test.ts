import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import * as v from 'valibot';
import { readTwiml } from '../../phone';
import { advance } from '../../src/call-flow/advance';
import { readInput } from '../../src/call-flow/input';
import { type CallFlow, callFlowSchema } from '../../src/call-flow/schema';
import { INITIAL_STATE, readState } from '../../src/call-flow/state';
import { layOut, promptsOf } from '../../src/call-flow/steps';
import { twiml } from '../../src/call-flow/twiml';
import { QUESTIONS_MAX } from '../../src/limits';
import { CALL, type FlowGraph, flowGraph } from '../../src/status/flow-graph';
import { nodeAt, statusResponse } from '../../src/status/response';
import { everyBranch } from '../helpers/call-flow/every-branch';
import { flows } from '../helpers/call-flow/flows';
import { contextWith } from '../helpers/call-flow/outline';
import { FULL } from '../helpers/full';

/** One line an edge. */
const linesOf = ({ edges }: FlowGraph): string[] =>
  edges.map(({ from, to, label }) => `${from} -${label}-> ${to}`);

/** A flow whose only menu, `m`, has this. */
const withMenu = (menu: object): CallFlow =>
  v.parse(callFlowSchema, {
    start: { action: 'menu', menu: 'm' },
    menus: { m: { prompt: { text: 'Press 1.' }, digits: { '1': { action: 'hangup' } }, ...menu } },
    farewell: { text: 'Bye.' },
  });

const play = (text: string, next?: object) => ({ action: 'play', prompt: { text }, next });

describe('the graph of a call flow', () => {
  test('has every branch of the flow as an edge', () => {
    const lines = linesOf(flowGraph(everyBranch)).map((line) => line.replaceAll('menus.', ''));
    expect(lines).toEqual([
      'call --> start',
      'start -open-> main.greeting',
      'main.greeting --> main',
      'main -1-> main.digits.1',
      'main.digits.1 --> main',
      'main -2-> main.digits.2',
      'main.digits.2 --> main.digits.2.next',
      'main -3-> code',
      'code -1234-> code.digits.1234',
      'code.digits.1234 --> code',
      'code -**-> main.greeting',
      'code -unknown key-> farewell',
      'code -silence-> code.silence',
      'main -4-> main.digits.4',
      'main.digits.4 -nobody answers-> main.digits.4.otherwise',
      'main.digits.4.otherwise -message left-> main.digits.4.otherwise.next',
      'main.digits.4.otherwise -nothing said-> main.digits.4.otherwise.silence',
      'main -5-> main.digits.5',
      'main.digits.5 -nobody answers-> main',
      'main -6-> main.digits.6',
      'main.digits.6 -message left-> main',
      'main.digits.6 -nothing said-> main',
      'main -7-> main.digits.7',
      'main.digits.7 -open-> main.digits.7.open',
      'main.digits.7 -closed-> main.digits.7.closed',
      'main.digits.7.closed --> main',
      'main -8-> main.digits.8',
      'main.digits.8 --> main',
      'main -9-> main.digits.9',
      'main -#-> main.greeting',
      'main -unknown key-> main.unknown',
      'main.unknown --> main',
      'main -silence-> main',
      'main -after 2 attempts-> code',
      'start -closed-> start.closed',
    ]);
  });

  test('has what each node is, in the order in which a call meets them', () => {
    const { nodes } = flowGraph(everyBranch);
    expect(nodes.map(({ id, kind, title }) => [id, kind, title].join(' ').trim())).toEqual([
      'call start',
      'start hours always',
      'menus.main.greeting play',
      'menus.main menu main',
      'menus.main.digits.1 play',
      'menus.main.digits.2 play',
      'menus.main.digits.2.next hangup',
      'menus.code menu code',
      'menus.code.digits.1234 play',
      'menus.code.silence hangup',
      'menus.main.digits.4 dial +12025550143',
      'menus.main.digits.4.otherwise record',
      'menus.main.digits.4.otherwise.next hangup',
      'menus.main.digits.4.otherwise.silence hangup',
      'menus.main.digits.5 dial sip:desk@example.com',
      'menus.main.digits.6 record',
      'menus.main.digits.7 hours never',
      'menus.main.digits.7.open hangup',
      'menus.main.digits.7.closed play',
      'menus.main.digits.8 play',
      'menus.main.digits.9 hangup',
      'menus.main.unknown play',
      'start.closed hangup',
      'farewell farewell',
    ]);
  });

  test('names the language of words, which is that of the flow if they have none', () => {
    const { nodes } = flowGraph(everyBranch);
    const languageAt = (id: string) => nodes.find((node) => node.id === id)?.prompts[0]?.language;
    expect([languageAt('menus.main'), languageAt('menus.main.digits.2')]).toEqual([
      'en-GB',
      'ja-JP',
    ]);
  });

  test.each<[string, object, string[]]>([
    [
      'leads back to the question after silence and unknown keys, as often as it may',
      {},
      [
        'm -1-> m.digits.1',
        'm -unknown key-> m',
        'm -silence-> m',
        'm -after 3 attempts-> farewell',
      ],
    ],
    [
      'leads on at once where a menu asks once',
      { attempts: 1, otherwise: play('Then not.') },
      [
        'm -1-> m.digits.1',
        'm -unknown key-> m.otherwise',
        'm -silence-> m.otherwise',
        'm.otherwise --> farewell',
      ],
    ],
    [
      'leads nowhere to a prompt that introduces a question which is never asked again',
      { attempts: 1, silence: { action: 'again', prompt: { text: 'Hello?' } } },
      [
        'm -1-> m.digits.1',
        'm -unknown key-> farewell',
        'm -silence-> farewell',
        'm.silence --> m',
      ],
    ],
    [
      'has no last attempt where nothing asks again',
      { unknown: { action: 'hangup' }, silence: { action: 'menu', menu: 'm' } },
      ['m -1-> m.digits.1', 'm -unknown key-> m.unknown', 'm -silence-> m'],
    ],
    [
      'leads on from what silence plays after the last attempt',
      { attempts: 2, unknown: { action: 'hangup' }, silence: play('Hello?') },
      [
        'm -1-> m.digits.1',
        'm -unknown key-> m.unknown',
        'm -silence-> m.silence',
        'm.silence --> m',
        'm.silence -after 2 attempts-> farewell',
      ],
    ],
    [
      'has a last attempt where a key repeats the question',
      {
        digits: { '1': { action: 'again', prompt: { text: 'Once more.' } } },
        unknown: { action: 'hangup' },
        silence: { action: 'hangup' },
      },
      [
        'm -1-> m.digits.1',
        'm -unknown key-> m.unknown',
        'm -silence-> m.silence',
        'm -after 3 attempts-> farewell',
        'm.digits.1 --> m',
      ],
    ],
    [
      'comes to a greeting by a menu, and to the question after a prompt',
      {
        greeting: { text: 'Hello.' },
        digits: { '1': play('One.'), '2': { action: 'menu', menu: 'm' } },
        unknown: { action: 'hangup' },
        silence: { action: 'hangup' },
      },
      [
        'm.greeting --> m',
        'm -1-> m.digits.1',
        'm -2-> m.greeting',
        'm -unknown key-> m.unknown',
        'm -silence-> m.silence',
        'm.digits.1 --> m',
      ],
    ],
  ])('%s', (_, menu, expected) => {
    const lines = linesOf(flowGraph(withMenu(menu))).map((line) => line.replaceAll('menus.', ''));
    expect(lines.filter((line) => !line.startsWith('call')).sort()).toEqual(expected.sort());
  });

  test('shows menus that no call reaches, behind the others and before the farewell', () => {
    const menu = { prompt: { text: 'Never.' }, digits: { '1': { action: 'hangup' } } };
    const flow = withMenu({});
    const graph = flowGraph({
      ...flow,
      menus: {
        ...v.parse(callFlowSchema, { ...flow, menus: { lost: menu } }).menus,
        ...flow.menus,
      },
    });
    expect(graph.nodes.map(({ id }) => id)).toEqual([
      'call',
      'menus.m',
      'menus.m.digits.1',
      'menus.lost',
      'menus.lost.digits.1',
      'farewell',
    ]);
  });
});

describe('in any flow', () => {
  const assert = (property: (flow: CallFlow) => void) =>
    fc.assert(fc.property(flows, property), { numRuns: FULL ? 1000 : 200 });

  test('each prompt is in the one node that plays it', () => {
    assert((flow) => {
      const { nodes } = flowGraph(flow);
      const placed = [...promptsOf(flow)].map(({ at, prompt: { key, text, language } }) => [
        nodeAt(at),
        [{ key, words: text, language }],
      ]);
      const inNodes = nodes
        .filter(({ prompts }) => prompts.length > 0)
        .map(({ id, prompts }) => [id, prompts]);
      expect(inNodes.sort()).toEqual(placed.sort());
    });
  });

  test('both ends of each edge exist, and the console can read it', () => {
    assert((flow) => {
      const graph = flowGraph(flow);
      const ids = graph.nodes.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      const ends = graph.edges.flatMap(({ from, to }) => [from, to]);
      expect(ends.filter((end) => !ids.includes(end))).toEqual([]);
      expect(v.parse(statusResponse.entries.flow, graph)).toEqual(graph);
    });
  });

  const answers = fc.oneof(
    fc.record({ Digits: fc.stringMatching(/^[0-9*#]{1,2}$/) }),
    fc.constant({}),
    fc.record({ DialCallStatus: fc.constantFrom('busy', 'no-answer') }),
  );

  test('a call takes the edges, whatever its caller does', () => {
    fc.assert(
      fc.property(flows, fc.array(answers, { maxLength: 8 }), (callFlow, inputs) => {
        const graph = flowGraph(callFlow);
        const flow = layOut({ ...callFlow, questions: QUESTIONS_MAX });
        let state = INITIAL_STATE;
        let from = CALL;
        for (const input of inputs) {
          const document = twiml(flow, state, {
            ...contextWith(),
            onPrompt: (_, __, { at }) => {
              expect([...silentlyReached(graph, from)]).toContain(nodeAt(at));
              from = nodeAt(at);
            },
          });
          const action = readTwiml(document)
            .map(({ attributes }) => attributes.action)
            .find(Boolean);
          if (action === undefined) break;
          const asked = readState(flow, Object.fromEntries(new URL(action).searchParams));
          from = nodeAt(asked.at);
          state = advance(flow, asked, readInput(input));
        }
      }),
      { numRuns: FULL ? 2000 : 300 },
    );
  });
});

/** The nodes after one node, with those behind them as long as no prompt is played. */
function silentlyReached({ nodes, edges }: FlowGraph, from: string): Set<string> {
  const reached = new Set<string>();
  const follow = (node: string): void => {
    for (const { to } of edges.filter((edge) => edge.from === node)) {
      if (reached.has(to)) continue;
      reached.add(to);
      if (nodes.find(({ id }) => id === to)?.prompts.length === 0) follow(to);
    }
  };
  follow(from);
  return reached;
}
