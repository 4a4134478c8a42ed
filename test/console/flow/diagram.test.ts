import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { faceOf, markOf } from '../../../console/flow/face';
import { layOutGraph } from '../../../console/flow/layout';
import { outlineOf, reachable, returningEdges } from '../../../console/flow/outline';
import { exitWords, nameOf, returnWords } from '../../../console/flow/words';
import type { CallFlow } from '../../../src/call-flow/schema';
import { flowGraph } from '../../../src/status/flow-graph';
import type { FlowNode } from '../../../src/status/response';
import { everyBranch } from '../../helpers/call-flow/every-branch';
import { flows } from '../../helpers/call-flow/flows';
import { FULL } from '../../helpers/full';

const measure = (text: string) => 7 * text.length;
const nodeAt = (id: string): FlowNode => {
  const node = flowGraph(everyBranch).nodes.find((other) => other.id === id);
  if (!node) throw new Error(`there is no ${id}`);
  return node;
};

/** As the page draws a flow. */
function draw(flow: CallFlow) {
  const { nodes, edges } = flowGraph(flow);
  const returning = returningEdges(nodes, edges);
  const onward = edges.filter((edge) => !returning.has(edge));
  const boxes = nodes.map(({ id }, index) => ({ id, width: 200, height: 40 + (index % 3) * 20 }));
  return {
    onward,
    ...layOutGraph(boxes, onward, (label) => ({ width: measure(label), height: 20 })),
  };
}

describe('the diagram of any flow', () => {
  const assert = (property: (flow: CallFlow) => void) =>
    fc.assert(fc.property(flows, property), { numRuns: FULL ? 200 : 20 });

  test('has boxes that do not overlap, inside of the drawing', () => {
    assert((flow) => {
      const { boxes, width, height } = draw(flow);
      const outside = boxes.filter(
        (box) => box.x < 0 || box.y < 0 || box.x + box.width > width || box.y + box.height > height,
      );
      const overlapping = boxes.filter((box) =>
        boxes.some(
          (other) =>
            other !== box &&
            other.x < box.x + box.width &&
            box.x < other.x + other.width &&
            other.y < box.y + box.height &&
            box.y < other.y + other.height,
        ),
      );
      expect([outside, overlapping]).toEqual([[], []]);
    });
  });

  test('has each label of its lines once, and lines that lead to the right only', () => {
    assert((flow) => {
      const { onward, lines, boxes } = draw(flow);
      const labels = onward.flatMap(({ label }) => (label === '' ? [] : [label]));
      expect(lines.flatMap((line) => line.labels).sort()).toEqual(labels.sort());
      const left = new Map(boxes.map(({ id, x }) => [id, x]));
      const backwards = lines.filter(
        ({ from, to }) => (left.get(from) ?? 0) >= (left.get(to) ?? 0),
      );
      expect(backwards).toEqual([]);
    });
  });

  test('has each node once in its list, and each edge', () => {
    assert((flow) => {
      const { nodes, edges } = flowGraph(flow);
      const seen: FlowNode[] = [];
      let exits = 0;
      const count = (entry: ReturnType<typeof outlineOf>[number]): void => {
        seen.push(entry.node);
        exits += entry.exits.length;
        for (const { entry: next } of entry.exits) if (next) count(next);
      };
      outlineOf(nodes, edges).forEach(count);
      expect(seen.map(({ id }) => id).sort()).toEqual(nodes.map(({ id }) => id).sort());
      expect(exits).toBe(edges.length);
    });
  });
});

test('a line goes from the right of a box to the left of the next', () => {
  const boxes = ['a', 'b'].map((id) => ({ id, width: 100, height: 40 }));
  const { lines } = layOutGraph(boxes, [{ from: 'a', to: 'b', label: '' }], () => ({
    width: 20,
    height: 20,
  }));
  expect(lines.map(({ d }) => d)).toEqual([expect.stringMatching(/^M112 32C.* 140 32$/)]);
});

test('what only a menu that no call reaches leads to is not reached', () => {
  const edges = [
    { from: 'call', to: 'a', label: '' },
    { from: 'lost', to: 'a', label: '1' },
    { from: 'lost', to: 'b', label: '2' },
  ];
  const kinds = {
    call: 'start',
    a: 'menu',
    lost: 'menu',
    b: 'play',
    farewell: 'farewell',
  } as const;
  const nodes = Object.entries(kinds).map(([id, kind]) => ({ id, kind, title: '', prompts: [] }));
  expect([...reachable(nodes, edges)].sort()).toEqual(['a', 'call', 'farewell']);
});

describe('a box', () => {
  const face = (id: string, mark?: ReturnType<typeof markOf>, returns: string[] = []) =>
    faceOf(nodeAt(id), { mark, returns }, () => measure);

  test('names all that it shows, with nothing shortened', () => {
    const { name, lines, key } = face('menus.main.digits.2', 'Missing in S3', ['→ Menu main']);
    expect(name).toBe('Play\n営業時間です。\nprompts/営業 時間.mp3\n→ Menu main\nMissing in S3');
    expect(lines.map(({ kind }) => kind)).toEqual(['heading', 'words', 'file', 'return', 'mark']);
    expect(lines.map(({ text }) => text)).toContain('営業 時間.mp3');
    expect(lines[1]?.language).toBe('ja-JP');
    expect(key).toBe('prompts/営業 時間.mp3');
  });

  test('is as high as its lines', () => {
    const { height, lines } = face('menus.main');
    expect(height).toBeGreaterThan(lines.at(-1)?.y ?? 0);
    expect(face('start').height).toBeLessThan(height);
  });

  test.each([
    ['missing', true, 'Missing in S3'],
    ['spoken', true, 'Spoken, not played'],
    ['asset', true, undefined],
    ['proxy', true, undefined],
    ['missing', false, 'No call gets here'],
  ] as const)('whose prompt is %s, reached: %s, is marked %s', (state, isReached, expected) => {
    const states = new Map([['prompts/menu.mp3', state]]);
    expect(markOf(nodeAt('menus.main'), states, isReached)).toBe(expected);
    expect(markOf(nodeAt('menus.code'), states, true)).toBeUndefined();
  });
});

describe('words', () => {
  test.each([
    ['', 'Then'],
    ['1', 'Key 1'],
    ['1234', 'Keys 1234'],
    ['#', 'Key #'],
    ['silence', 'Silence'],
    ['after 3 attempts', 'After 3 attempts'],
  ])('of the label “%s” are “%s”', (label, expected) => {
    expect(exitWords(label)).toBe(expected);
  });

  test('name a prompt by its words, and anything else by its title', () => {
    expect(nameOf(nodeAt('menus.main'))).toBe('Menu main');
    expect(nameOf(nodeAt('menus.main.digits.4'))).toBe('Dial +12025550143');
    expect(nameOf(nodeAt('menus.main.digits.1'))).toBe('Play “Two minutes on foot.”');
  });

  test('say once for each place by what a node leads back', () => {
    const main = nodeAt('menus.main');
    const returns = [
      { label: '#', to: nodeAt('menus.main.greeting') },
      { label: 'silence', to: main },
      { label: 'unknown key', to: main },
      { label: '', to: nodeAt('menus.code') },
    ];
    expect(returnWords(main, returns)).toEqual([
      '# → Play “Welcome.”',
      'silence, unknown key → this menu',
      '→ Menu code',
    ]);
  });
});
