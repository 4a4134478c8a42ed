/** Loaded before a program by `node --require`: the program's Internet is then the rehearsal's. */
import { type LoopbackHosts, routeToLoopback } from './loopback';

/** Written into this file when it is bundled, so that a program needs one variable only. */
declare const ROUTE: LoopbackHosts;

routeToLoopback(ROUTE);
