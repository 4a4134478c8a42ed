import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, type Server, type Socket } from 'node:net';
import { connect as connectTls, createSecureContext } from 'node:tls';
import {
  type CreateConnection,
  type HttpRequest,
  type HttpResponse,
  sendRequest,
} from '../../phone';
import { closeServer } from '../listen';
import { type Certificates, throwawayCertificates } from './certificates';
import type { LoopbackHosts } from './loopback';

/** Hosts of this machine under names of their own, and a proxy that leads to them. */
export interface Internet extends LoopbackHosts {
  /** Address of the CONNECT proxy, such as http://127.0.0.1:40123. */
  readonly proxyUrl: string;
  /** Sends a request of the phone, which knows no proxy. */
  send(request: HttpRequest): Promise<HttpResponse>;
  close(): Promise<void>;
}

/**
 * Serves listeners under host names of their own, with TLS, and a proxy that leads to them from
 * clients whose HTTP_PROXY is `proxyUrl`. The proxy refuses all else, so that nothing leaves the
 * machine.
 *
 * @param certificates for all of these hosts; made afresh unless given
 */
export async function startInternet(
  listeners: Readonly<Record<string, RequestListener>>,
  certificates?: Certificates,
): Promise<Internet> {
  const hosts = Object.keys(listeners);
  const used = certificates ?? (await throwawayCertificates(hosts, new Date()));
  const { authority, certificate: cert, key } = used;
  const server = createTlsServer({ cert, key }, byHost(listeners));
  const port = await bindToLoopback(server);
  const proxy = await startProxy({ hosts, port });
  // One for all connections: to make it takes as long as a handshake.
  const secureContext = createSecureContext({ ca: authority });
  const createConnection: CreateConnection = ({ hostname }) =>
    connectTls({ host: '127.0.0.1', port, servername: hostname ?? '', secureContext });
  return {
    hosts,
    port,
    authority,
    proxyUrl: proxy.url,
    send: (request) => sendRequest({ ...request, createConnection }),
    async close() {
      await proxy.close();
      server.closeAllConnections();
      await closeServer(server);
    },
  };
}

/** Starts a CONNECT proxy that leads to hosts at a port of this machine, and nowhere else. */
async function startProxy({ hosts, port }: Pick<LoopbackHosts, 'hosts' | 'port'>) {
  const open = new Set<Socket>();
  const proxy = createServer((_, response) => {
    response.writeHead(405).end('This proxy tunnels only: CONNECT host:443');
  });
  proxy.on('connect', ({ url = '' }, client: Socket) => {
    track(open, client);
    const [host = '', requested] = url.split(':');
    if (!hosts.includes(host) || requested !== '443') {
      client.end(`HTTP/1.1 403 Forbidden\r\n\r\nThere is no ${url} in the rehearsal.\r\n`);
      return;
    }
    const upstream = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      client.pipe(upstream).pipe(client);
    });
    track(open, upstream);
    client.once('close', () => upstream.destroy());
    upstream.once('close', () => client.destroy());
  });
  const proxyPort = await bindToLoopback(proxy);
  return {
    url: `http://127.0.0.1:${proxyPort}`,
    async close() {
      for (const socket of open) socket.destroy();
      await closeServer(proxy);
    },
  };
}

/** Hands each request to the listener of its host. */
function byHost(listeners: Readonly<Record<string, RequestListener>>): RequestListener {
  const known = new Map(Object.entries(listeners));
  return (request, response) => {
    const listener = known.get(request.headers.host ?? '');
    if (listener) listener(request, response);
    else response.writeHead(421).end();
  };
}

function track(open: Set<Socket>, socket: Socket): void {
  open.add(socket);
  socket.once('close', () => open.delete(socket));
  // Ignore a peer that hangs up in the middle.
  socket.on('error', () => socket.destroy());
}

/** @returns the port */
async function bindToLoopback(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}
