import { run } from './deploy/command';
import { runAtTerminal } from './terminal';

runAtTerminal(run);
