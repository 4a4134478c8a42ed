import { describe, expect, it } from '@jest/globals';
import { callCommand } from '../../cli/call';
import type { CommandContext } from '../../cli/command-context';
import { configure } from '../../cli/configure';
import { deploy } from '../../cli/deploy';
import { doctor } from '../../cli/doctor';
import { explain } from '../../cli/explain';
import { liveCheck } from '../../cli/live-check';
import { number } from '../../cli/number';
import { remove } from '../../cli/remove';
import { rollback } from '../../cli/rollback';
import type { CommandDefinition } from '../../cli/run-command';
import { status } from '../../cli/status';
import { sync } from '../../cli/sync';
import { start } from '../../sandbox/main';
import { rehearse } from '../../sandbox/rehearsal/main';
import { runVerb } from '../helpers/cli/commands';

const help = <Options>(command: CommandDefinition<Options>, width: number) =>
  runVerb(command, ['--help'], { width } satisfies Partial<CommandContext>);

const verbs: Readonly<Record<string, (width: number) => ReturnType<typeof help>>> = {
  call: (width) => help(callCommand(), width),
  configure: (width) => help(configure, width),
  deploy: (width) => help(deploy, width),
  doctor: (width) => help(doctor, width),
  explain: (width) => help(explain, width),
  'live-check': (width) => help(liveCheck, width),
  number: (width) => help(number, width),
  remove: (width) => help(remove, width),
  rollback: (width) => help(rollback, width),
  'sandbox:deploy': (width) => help(rehearse, width),
  start: (width) => help(start, width),
  status: (width) => help(status, width),
  sync: (width) => help(sync, width),
};

describe.each(Object.entries(verbs))('the help of %s', (_, read) => {
  it.each([60, 80, 120])('fits %i columns, and loses no word', async (width) => {
    const { code, out } = await read(width);
    expect(code).toBe(0);
    expect(out.split('\n').filter(({ length }) => length > width)).toEqual([]);
    const words = (text: string) => text.split(/\s+/);
    expect(words(out)).toEqual(words((await read(10_000)).out));
  });

  it('has the exit codes', async () => {
    expect((await read(80)).out).toMatch(/Exit code:\s+0 /);
  });
});

it.each(['call', 'configure', 'deploy', 'doctor', 'number', 'rollback', 'status', 'sync'])(
  'the help of %s names an environment in the same words',
  async (verb) => {
    const options = async (name: string) =>
      (await verbs[name]?.(100))?.out
        .match(/^ +--environment .*\n(?: {3,}[^-].*\n)*|^ +--production .*\n/gm)
        ?.map((line) => line.replace(/\s+/g, ' '));
    expect(await options(verb)).toHaveLength(2);
    expect(await options(verb)).toEqual(await options('deploy'));
  },
);
