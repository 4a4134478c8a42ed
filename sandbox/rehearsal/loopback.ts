import { isIP, Socket } from 'node:net';
import tls from 'node:tls';

/** Hosts that are served on this machine, at one port, with TLS. */
export interface LoopbackHosts {
  readonly hosts: readonly string[];
  readonly port: number;
  /** The authority that vouches for them, as PEM. */
  readonly authority: string;
}

const routes: LoopbackHosts[] = [];

/**
 * Lets this process reach hosts that only exist on this machine by their own names, on port 443, as a
 * user's machine reaches them: without a proxy. Connections to any other host fail, so that nothing
 * leaves the machine. Where two calls name the same host, the later one counts.
 *
 * @returns takes it back
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
    // Node's own callers pass the options in an array.
    const [first] = args;
    const options: unknown = Array.isArray(first) ? first[0] : first;
    const host = hostIn(options);
    if (host === undefined || isLocal(host)) return Reflect.apply(connect, this, args);
    const port = routes.find(({ hosts }) => hosts.includes(host))?.port;
    if (port === undefined) {
      // Not before whoever connects listens for errors.
      setImmediate(() => this.destroy(new Error(`${host} is not served on this machine`)));
      return this;
    }
    const local = { ...Object(options), host: '127.0.0.1', port };
    if (Array.isArray(first)) first[0] = local;
    else args[0] = local;
    return Reflect.apply(connect, this, args);
  };
  // In place of the authorities that Node trusts: their hosts cannot be reached.
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

/** Undefined for what is no TCP connection, or leads to this machine anyway. */
function hostIn(options: unknown): string | undefined {
  if (typeof options !== 'object' || options === null || !('host' in options)) return undefined;
  return typeof options.host === 'string' ? options.host : undefined;
}

function isLocal(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
