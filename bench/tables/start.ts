import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Contender } from '../measure';
import { nodeArguments, runToSuccess } from '../program';
import type { Bench, Table } from '../table';

const BARE = 'node -e 0';

export const start: Table = {
  name: 'start',
  title: 'How long a command takes to start',
  about:
    'The whole command, from the start of its process to its end. The caches of the disk, and those that tsx and npm keep, are warm. npm run of a script that does nothing is what npm itself takes.',
  async run(bench) {
    const help = await bench.measure({
      title: 'npm run sync -- --help',
      figures: [{ name: 'ms', title: 'time', unit: 'ms' }],
      contenders: [
        command(BARE, process.execPath, ['-e', '0'], process.cwd()),
        command('npm run of node -e 0', 'npm', ['run', 'nothing'], makeEmptyProject(bench)),
        ...bench.checkouts.flatMap(({ name, directory }) => [
          command(
            `${name}, without npm`,
            process.execPath,
            [...nodeArguments(directory, 'sync'), '--help'],
            directory,
          ),
          command(name, 'npm', ['run', 'sync', '--', '--help'], directory),
        ]),
      ],
      beside: BARE,
      rounds: bench.quick ? 1 : 9,
    });
    const sandbox = await bench.measure({
      title: 'npm start -- --once: the sandbox, until its table is printed',
      figures: [{ name: 's', title: 'time', unit: 's', beside: false }],
      contenders: bench.checkouts.map(({ name, directory }): Contender => {
        const { measure } = command(name, 'npm', ['start', '--', '--once'], directory);
        return { name, measure: async () => ({ s: (await measure()).ms / 1000 }) };
      }),
      beside: 'ours',
      rounds: bench.quick ? 1 : 3,
      warmUps: 0,
      again: false,
      notes: ['It builds the Functions, deploys, syncs, and calls the number.'],
    });
    return [help, sandbox];
  },
};

function command(name: string, program: string, args: readonly string[], cwd: string) {
  return {
    name,
    async measure() {
      // Any port that is free.
      const { ms } = await runToSuccess(program, args, { cwd, environment: { PORT: '0' } });
      return { ms };
    },
  };
}

function makeEmptyProject(bench: Bench): string {
  const folder = bench.file('start/empty');
  mkdirSync(folder, { recursive: true });
  const manifest = { private: true, scripts: { nothing: 'node -e 0' } };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  return folder;
}
