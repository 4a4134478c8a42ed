import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { listen } from '../../sandbox/listen';

/** What is said to who wants a port that somebody has at this address. */
async function refusal(host: string, wanted = 0): Promise<[string, number]> {
  const server = createServer().listen(wanted, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const message = await listen(() => {}, port).then(
    () => 'it listens',
    (error: Error) => error.message,
  );
  server.close();
  return [message, port];
}

describe('a server of the sandbox', () => {
  it.each(['127.0.0.1', '::1', '0.0.0.0', '::'])(
    'does not take a port that somebody has at %s',
    async (host) => {
      const [message, port] = await refusal(host);
      expect(message).toMatch(new RegExp(`^Port ${port} is taken. Choose another by PORT`));
    },
  );

  it('proposes a port that there is', async () => {
    const [message] = await refusal('127.0.0.1', 65535);
    expect(message).toMatch(/PORT=65534$/);
  });

  it('leaves its port to the next one', async () => {
    const first = await listen((_, response) => response.end('first'));
    await first.close();
    const second = await listen((_, response) => response.end('second'), first.port);
    expect(await (await fetch(`http://localhost:${second.port}`)).text()).toBe('second');
    await second.close();
  });
});
