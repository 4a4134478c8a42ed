import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { types } from 'node:util';
import { PlayError } from '../src/errors';

export interface Listening {
  readonly port: number;
  /** Such as `http://127.0.0.1:40123`, without a slash at the end. */
  readonly url: string;
  /** Cuts open connections. */
  close(): Promise<void>;
}

/**
 * Serves a listener at 127.0.0.1, on a port that is free at ::1 too: `localhost` leads to both.
 *
 * @param port 0 takes any that is free
 * @param advice what to do when the port is taken
 * @throws {PlayError} when the port is taken
 */
export async function listen(
  listener: RequestListener,
  port = 0,
  advice = `Choose another: PORT=${port === 65535 ? port - 1 : port + 1} npm start`,
): Promise<Listening> {
  const portIsTaken = (taken: number) => new PlayError(`Port ${taken} is taken. ${advice}`);
  const server = createServer(listener);
  const address = await bind(server, port, '127.0.0.1');
  if (address === 'taken') throw portIsTaken(port);
  const close = () => {
    server.closeAllConnections();
    return closeServer(server);
  };
  if (await hasOtherServer(address.port)) {
    await close();
    throw portIsTaken(address.port);
  }
  return { port: address.port, url: `http://127.0.0.1:${address.port}`, close };
}

async function hasOtherServer(port: number): Promise<boolean> {
  const probe = createTcpServer();
  try {
    if ((await bind(probe, port, '::1')) === 'taken') return true;
  } catch {
    // This machine has no such address, and so no server at it.
    return false;
  }
  await closeServer(probe);
  return false;
}

/** @throws {Error} when the server cannot listen for any other reason */
async function bind(server: Server, port: number, host: string): Promise<AddressInfo | 'taken'> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, resolve);
    });
  } catch (thrown) {
    if (types.isNativeError(thrown) && 'code' in thrown && thrown.code === 'EADDRINUSE') {
      return 'taken';
    }
    throw thrown;
  }
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address;
}

export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
