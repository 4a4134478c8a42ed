import { describe, expect, test } from '@jest/globals';
import { formatFigure, markdownReport, terminalTable } from '../../bench/report';
import { sectionOf, type Table } from '../../bench/table';

const table: Table = {
  name: 'example',
  title: 'An example',
  about: 'What it means.',
  run: async () => [],
};

const section = sectionOf(
  {
    title: '10 kB',
    figures: [
      { name: 'ms', title: 'p50', unit: 'ms' },
      { name: 'failed', title: 'failed', unit: '', beside: false, showsHighest: true },
    ],
    contenders: [
      { name: 'floor', measure: () => ({}) },
      { name: 'ours', measure: () => ({}) },
      { name: 'a|peer', missing: 'no such package' },
    ],
    beside: 'floor',
    rounds: 3,
    notes: ['A note.'],
  },
  {
    rounds: [
      [10, 20, 11],
      [20, 30, 20],
      [40, 80, 40],
    ].map(
      ([floor = 0, ours = 0, again = 0], index) =>
        new Map([
          ['floor', { ms: floor, failed: 0 }],
          ['ours', { ms: ours, failed: index }],
          ['floor, again', { ms: again, failed: 0 }],
        ]),
    ),
    problems: new Map([['a|peer', 'missing: no such package']]),
  },
);

const heading = {
  machine: {
    date: '2026-11-25',
    hardware: '2 cores, a CPU, 8 GB',
    node: 'v22.12.0',
    commit: 'abc',
  },
  quick: false,
  before: undefined,
};

describe('a report', () => {
  test('shows medians, ratios with quartiles, the noise and what is missing, in Markdown', () => {
    const peers = [
      { label: 'aws4 1.13.2', version: '1.13.2', bytes: 23_400 },
      { label: 'rclone', missing: 'apt-get install rclone as root' },
    ];
    expect(markdownReport(heading, [{ table, sections: [section] }], peers)).toBe(
      `2026-11-25, commit abc, Node v22.12.0  
Machine: 2 cores, a CPU, 8 GB

${READING}

Peers: aws4 1.13.2 (23.4 kB), rclone missing (apt-get install rclone as root).

## An example

What it means.

### 10 kB

|  | p50, ms | ratio | failed |
|---|---:|---:|---:|
| floor | 20 |  | 0 |
| ours | 30 | 2.00 (1.75–2.00) | 2 |
| a\\|peer | missing: no such package |  |  |
| floor, again | 20 | 1.00 (1.00–1.05) | 0 |

3 rounds. A note.
`,
    );
  });

  test('shows the same at a terminal', () => {
    const text = terminalTable(table, [section], { width: 80, colors: false });
    expect(text).toMatch(/^An example \(example\)\n\nWhat it means\.\n\n10 kB\n/);
    expect(text).toMatch(/^ {2}ours +30 +2\.00 \(1\.75–2\.00\) +2$/m);
    expect(text).toMatch(/^ {2}a\|peer +missing: no such package/m);
    expect(text).toMatch(/^3 rounds\.\nA note\.$/m);
  });
});

const READING =
  'Figures are medians over the rounds. A ratio such as 1.39 (1.35–1.44) is beside the contender that has none: taken within each round, its median and its quartiles. The last row of a section is one contender measured twice: what is not clearly outside of its quartiles is noise.';

test.each([
  [0.012345, '0.0123'],
  [1.3941, '1.39'],
  [14, '14'],
  [14.04, '14'],
  [137.4, '137'],
  [1234.5, '1,235'],
  [41_000, '41,000'],
  [0, '0'],
])('%d is written %s', (value, text) => {
  expect(formatFigure(value)).toBe(text);
});
