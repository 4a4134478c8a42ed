/** Loaded before a program by `node --require`, so that it reaches the rehearsal's hosts only. */
import { type LoopbackHosts, routeToLoopback } from './loopback';

/** Written into this file when it is bundled. */
declare const ROUTE: LoopbackHosts;

routeToLoopback(ROUTE);
