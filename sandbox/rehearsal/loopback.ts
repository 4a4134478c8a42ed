import { isIP, Socket } from 'node:net';
import tls from 'node:tls';

/** Hosts that are served on this machine, at one port, with TLS. */
export interface LoopbackHosts {
  readonly hosts: readonly string[];
  readonly port: number;
  /** The authority that issued their certificate, as PEM. */
  readonly authority: string;
}

const routes: LoopbackHosts[] = [];

/**
 * Lets this process reach hosts of this machine by their own names, on port 443, without a proxy.
 * Connections to any other host fail, so that nothing leaves the machine. Where two calls name the
 * same host, the later one counts.
 *
 * @returns ends the route
 */
export function routeToLoopback(route: LoopbackHosts): () => void {
  if (routes.length === 0) patch();
  routes.unshift(route);
  return () => {
    const index = routes.indexOf(route);
    if (index >= 0) routes.splice(index, 1);
    if (routes.length === 0) unpatch();
  };
}

const { connect } = Socket.prototype;
const { createSecureContext } = tls;

function patch(): void {
  Socket.prototype.connect = function (this: Socket, ...args: unknown[]) {
    const target = targetOf(args);
    if (target === undefined || isLocal(target.host)) return Reflect.apply(connect, this, args);
    const { host, port } = target;
    const route = port === 443 ? routes.find(({ hosts }) => hosts.includes(host)) : undefined;
    if (route === undefined) {
      const refusal = new Error(`${host}:${port} is not served on this machine`);
      // Wait a tick: the caller adds its error listener after connect() returns.
      setImmediate(() => this.destroy(refusal));
      return this;
    }
    const options = { ...target.options, host: '127.0.0.1', port: route.port };
    const [first, ...others] = args;
    // Node's own callers pass the options in an array, which it marks.
    if (Array.isArray(first)) first[0] = options;
    const listeners = others.filter((other) => typeof other === 'function');
    return Reflect.apply(connect, this, [Array.isArray(first) ? first : options, ...listeners]);
  };
  // These authorities replace those that Node trusts, whose hosts cannot be reached.
  tls.createSecureContext = (options) =>
    createSecureContext({
      ...options,
      ca: options?.ca ?? routes.map(({ authority }) => authority),
    });
}

function unpatch(): void {
  Socket.prototype.connect = connect;
  tls.createSecureContext = createSecureContext;
}

/** Where a connection leads; undefined if it is no TCP connection, or names no host. */
function targetOf([first, second]: readonly unknown[]) {
  const given: unknown = Array.isArray(first) ? first[0] : first;
  const options = typeof given === 'number' ? { port: given, host: second } : Object(given);
  const { host, port } = options;
  return typeof host === 'string' ? { host, port: Number(port), options } : undefined;
}

function isLocal(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
