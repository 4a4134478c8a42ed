import { run } from './sync/command';
import { runAtTerminal } from './terminal';

runAtTerminal(run);
