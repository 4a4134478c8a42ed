import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { listen } from '../../sandbox/listen';

/** Listens on a port that another server has at this address. Returns the error and the port. */
async function listenOnTakenPort(host: string, port = 0): Promise<[string, number]> {
  const server = createServer().listen(port, host);
  await once(server, 'listening');
  const { port: taken } = server.address() as AddressInfo;
  const message = await listen(() => {}, taken).then(
    () => 'it listens',
    (error: Error) => error.message,
  );
  server.close();
  return [message, taken];
}

describe('a server of the sandbox', () => {
  it.each(['127.0.0.1', '::1', '0.0.0.0', '::'])(
    'refuses a port that another server has at %s',
    async (host) => {
      const [message, port] = await listenOnTakenPort(host);
      expect(message).toMatch(
        new RegExp(`^Port ${port} is taken. Choose another: PORT=\\d+ npm start$`),
      );
    },
  );

  it('proposes a port below the highest one', async () => {
    const [message] = await listenOnTakenPort('127.0.0.1', 65535);
    expect(message).toMatch(/PORT=65534 npm start$/);
  });

  it('frees its port when it closes', async () => {
    const first = await listen((_, response) => response.end('first'));
    await first.close();
    const second = await listen((_, response) => response.end('second'), first.port);
    expect(await (await fetch(`http://localhost:${second.port}`)).text()).toBe('second');
    await second.close();
  });
});
