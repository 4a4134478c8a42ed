import type { FlowNode, PromptStatus } from '../../src/status/response';
import { splitKey } from '../format';
import { breakLines, isRightToLeft, type Measure } from './lines';
import { headingOf } from './words';

/** How a line of a box is written; the style sheet has a class of this name. */
export type LineKind = 'heading' | 'words' | 'file' | 'return' | 'mark';

/** Pixels: of the font, and from one line to the next. */
export const FONT_PX: Readonly<Record<LineKind, number>> = {
  heading: 14,
  words: 13,
  file: 12,
  return: 13,
  mark: 13,
};
const LINE_PX: Readonly<Record<LineKind, number>> = {
  heading: 20,
  words: 18,
  file: 18,
  return: 18,
  mark: 20,
};

export const BOX_PX = 216;
export const PADDING_PX = 10;
/** Before the words of a mark. */
export const ICON_PX = 20;

export interface FaceLine {
  readonly kind: LineKind;
  readonly text: string;
  /** From the top of the box to the line's middle. */
  readonly y: number;
  readonly isRightToLeft: boolean;
  readonly language?: string;
}

/** What a box of the diagram shows. */
export interface Face {
  readonly id: string;
  readonly width: number;
  readonly height: number;
  readonly lines: readonly FaceLine[];
  /** All of it in one text, with nothing shortened. */
  readonly name: string;
  /** The prompt to which it leads. */
  readonly key?: string;
  readonly mark?: Mark;
}

/** What a caller does not hear as it is meant. */
export type Mark = 'Missing in S3' | 'Spoken, not played' | 'No call gets here';

export function markOf(
  { prompts: [prompt] }: FlowNode,
  states: ReadonlyMap<string, PromptStatus['state']>,
  isReached: boolean,
): Mark | undefined {
  if (!isReached) return 'No call gets here';
  const state = states.get(prompt?.key ?? '');
  if (state === 'missing') return 'Missing in S3';
  return state === 'spoken' ? 'Spoken, not played' : undefined;
}

/**
 * @param returns where it leads back, one line each
 * @param measure of a text in the font of such a line
 */
export function faceOf(
  node: FlowNode,
  { mark, returns }: { readonly mark: Mark | undefined; readonly returns: readonly string[] },
  measure: (kind: LineKind) => Measure,
): Face {
  const { id, prompts } = node;
  const [prompt] = prompts;
  const heading = headingOf(node);
  const lines: FaceLine[] = [];
  let y = PADDING_PX;
  const add = (kind: LineKind, text: string, most: number, language?: string) => {
    const width = BOX_PX - 2 * PADDING_PX - (kind === 'mark' ? ICON_PX : 0);
    for (const line of breakLines(text, { width, lines: most, measure: measure(kind) })) {
      lines.push({
        kind,
        text: line,
        y: y + LINE_PX[kind] / 2,
        isRightToLeft: isRightToLeft(text),
        language,
      });
      y += LINE_PX[kind];
    }
  };
  add('heading', heading, 1);
  if (prompt) add('words', prompt.words, 2, prompt.language);
  if (prompt?.key !== undefined) add('file', splitKey(prompt.key).name, 1);
  for (const words of returns) add('return', words, 1);
  if (mark) add('mark', mark, 1);
  const name = [heading, prompt?.words, prompt?.key, ...returns, mark].filter(Boolean).join('\n');
  return { id, width: BOX_PX, height: y + PADDING_PX, lines, name, key: prompt?.key, mark };
}
