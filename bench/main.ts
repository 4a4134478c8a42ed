import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import type { CommandContext } from '../cli/command-context';
import { detailsOf, type ExitStatus, parseArguments, startCommand } from '../cli/run-command';
import { ConfigError } from '../src/errors';
import { commitOf, readMachine } from './machine';
import { measureInRounds } from './measure';
import { createPeers } from './peers';
import {
  type Heading,
  markdownReport,
  terminalHeading,
  terminalPeers,
  terminalTable,
} from './report';
import { type Bench, noiseContender, type Section, sectionOf, type Table } from './table';
import { TABLES } from './tables';

interface Options {
  readonly tables: readonly Table[];
  readonly quick?: true;
  /** File for the report. */
  readonly markdown?: string;
  /** Another checkout of this project. */
  readonly beside?: string;
}

const PROJECT = join(__dirname, '..');

const DESCRIPTION = `Measures the project side by side with what people would use instead, and prints tables.

Without a name all tables are measured, in about 15 minutes. bench/README.md says how to read and repeat them.`;

const MORE = `
Tables:
${TABLES.map(({ name, title }) => `  ${name.padEnd(12)}${title}`).join('\n')}

Exit code:
  0  measured; what could not be measured says why in its row
  1  a table failed; the others were measured
  2  wrong usage or configuration`;

function readOptions(args: readonly string[], context: CommandContext): Options {
  const command = new Command('npm run bench --')
    .description(DESCRIPTION)
    .argument('[tables...]', 'the tables to measure', readTable)
    .option('--quick', 'few rounds and small sizes: shows that the tables work, in two minutes')
    .option('--markdown <file>', 'write the tables to a file, too')
    .option('--beside <checkout>', 'measure the project at another checkout, too', readCheckout)
    .addHelpText('after', MORE);
  const options = parseArguments<Omit<Options, 'tables'>>(command, args, context);
  const [named = []] = command.processedArgs;
  return {
    ...options,
    tables: TABLES.filter(({ name }) => named.length === 0 || named.includes(name)),
  };
}

function readTable(name: string, earlier: readonly string[] = []): readonly string[] {
  if (TABLES.some((table) => table.name === name)) return [...earlier, name];
  throw new InvalidArgumentError(`The tables are ${TABLES.map((table) => table.name).join(', ')}.`);
}

function readCheckout(text: string): string {
  const directory = resolve(text);
  if (existsSync(join(directory, 'src'))) return directory;
  throw new InvalidArgumentError('It is no checkout of this project: it has no folder src.');
}

async function run(options: Options, context: CommandContext): Promise<ExitStatus> {
  const { write, writeError, clock, width, colors } = context;
  const { tables, quick = false, markdown, beside } = options;
  const checkouts = [{ name: 'ours', directory: PROJECT }];
  if (beside !== undefined) checkouts.push({ name: 'before', directory: beside });
  for (const { directory } of checkouts) requireBuild(directory);

  const directory = join(PROJECT, '.bench');
  mkdirSync(directory, { recursive: true });
  const peers = createPeers(PROJECT, directory);
  const { random } = clock;
  const heading: Heading = {
    machine: readMachine(PROJECT, clock.now()),
    quick,
    before: beside && (commitOf(beside) ?? beside),
  };
  write(terminalHeading(heading, width));

  const undos: (() => Promise<void> | void)[] = [];
  const undoAll = async () => {
    for (const undo of undos.splice(0).reverse()) await undo();
  };
  const interrupted = context.interruption();
  const bench: Bench = {
    quick,
    checkouts,
    file: (name) => join(directory, name),
    peers,
    random,
    defer: (undo) => void undos.push(undo),
    async measure(plan) {
      const again = noiseContender(plan);
      const now = () => performance.now();
      return sectionOf(plan, await measureInRounds({ ...plan, again, random, now }));
    },
  };
  const results: { table: Table; sections: readonly Section[] }[] = [];
  let status: ExitStatus = 'done';
  for (const table of tables) {
    writeError(`${table.name} …\n`);
    try {
      const ended = await Promise.race([table.run(bench), interrupted]);
      if (typeof ended === 'string') return ended;
      results.push({ table, sections: ended });
      write(terminalTable(table, ended, { width, colors }));
    } catch (thrown) {
      // The other tables are worth having.
      status = 'failed';
      writeError(`${table.name} failed: ${detailsOf(thrown)}\n`);
    } finally {
      await undoAll();
    }
  }
  write(terminalPeers(peers.known, width));
  if (markdown !== undefined)
    writeFileSync(markdown, markdownReport(heading, results, peers.known));
  return status;
}

/** @throws {ConfigError} when a checkout has no bundled Functions */
function requireBuild(directory: string): void {
  if (existsSync(join(directory, '.twilioserverless', 'functions'))) return;
  throw new ConfigError(
    `${directory} has no bundled Functions: run npm ci or npm run build there.`,
  );
}

export const bench = { readOptions, run };

if (require.main === module) startCommand(bench);
