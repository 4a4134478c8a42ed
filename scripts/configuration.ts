/**
 * Writes the table of all variables into docs/configuration.md. It runs as `npm run schema`.
 *
 * What a variable is stands in .env.example; its default and its form are asked of its reader.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  accountVariables,
  audioVariables,
  credentialVariables,
  operatorNumber,
  type Readers,
  readVariables,
  syncVariables,
} from '../src/variables';

const ROOT = join(__dirname, '..');
export const PAGE = join(ROOT, 'docs', 'configuration.md');
const TEMPLATE = join(ROOT, '.env.example');

/** Who reads which variables: a malformed one stops only its readers. */
const READ_BY: Readonly<Record<string, Readers>> = {
  calls: { ...audioVariables, ...credentialVariables, OPERATOR_NUMBER: operatorNumber },
  sync: { ...syncVariables(), ...credentialVariables },
  'command line': accountVariables(),
};

const READERS: Readers = Object.assign({}, ...Object.values(READ_BY));

/** Each variable's reader that asks for a form refuses one of these. */
const MALFORMED = ['§', '..', 'a b'];

/** What stands above each variable in the template, in its order. */
export function describedVariables(
  template = readFileSync(TEMPLATE, 'utf8'),
): { name: string; description: string; value: string }[] {
  const entries = template.matchAll(/^# description: (.*)\n(?:# .*\n)*(\w+)=(.*)$/gm);
  return [...entries].map(([, description = '', name = '', value = '']) => ({
    name,
    description,
    value,
  }));
}

/** The value of a variable that is not set; undefined when there is none. */
export function defaultOf(name: string): string | undefined {
  const value = readOne(name, {}, [])?.[name];
  return typeof value === 'string' || typeof value === 'number' ? `${value}` : undefined;
}

/** The form that its reader asks of a variable; undefined when any text will do. */
function formOf(name: string): string | undefined {
  const problems: string[] = [];
  for (const value of MALFORMED) readOne(name, { [name]: value }, problems);
  const rule = problems.find((problem) => problem.startsWith(`${name} must `));
  return rule?.slice(`${name} must `.length).replace(/^be /, '').replace(/^not /, 'does not ');
}

function readOne(name: string, variables: Readonly<Record<string, string>>, problems: string[]) {
  const reader = READERS[name];
  if (!reader) throw new Error(`${name} stands in .env.example, and nothing reads it.`);
  return readVariables({ [name]: reader }, variables, problems);
}

function rowOf({ name, description }: { name: string; description: string }): string {
  const readers = Object.keys(READ_BY).filter((by) => Object.hasOwn(READ_BY[by] ?? {}, name));
  const value = defaultOf(name);
  const cells = [
    `\`${name}\``,
    description,
    formOf(name) ?? '',
    value ? `\`${value}\`` : '',
    readers.join(', '),
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

const BLOCK = /(<!-- npm run schema writes this table -->\n).*?(\n<!-- end -->)/s;

/** The page with its table as the variables are now. */
export function configurationPage(page = readFileSync(PAGE, 'utf8')): string {
  const table = [
    '| Variable | What it is | Form | Default | Read by |',
    '|---|---|---|---|---|',
    ...describedVariables().map(rowOf),
  ].join('\n');
  return page.replace(BLOCK, (_, begin: string, end: string) => begin + table + end);
}

if (require.main === module) writeFileSync(PAGE, configurationPage());
