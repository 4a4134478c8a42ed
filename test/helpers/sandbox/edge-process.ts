/**
 * Runs an edge in a process of its own: Twilio's runtime loads Functions through the real module
 * cache and writes globals, and Jest replaces both.
 */
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { createEdge } from '../../../sandbox/edge/server';
import type { HostedBuild } from '../../../sandbox/hosted-build';
import { listen } from '../../../sandbox/listen';

export type ToEdge =
  | { readonly type: 'deploy'; readonly build: HostedBuild | undefined }
  | { readonly type: 'close' };
export type FromEdge =
  | { readonly type: 'listening'; readonly port: number; readonly directory: string }
  | { readonly type: 'deployed' }
  | {
      readonly type: 'closed';
      /** Whether the process had its own `Response` while Builds were loaded. */
      readonly responseStayed: boolean;
      /** Globals of the runtime that were still there after the close. */
      readonly leftGlobals: readonly string[];
    };

const projectDirectory = join(__dirname, '../../..');
const directory = join(projectDirectory, '.sandbox', `edge-test-${process.pid}`);
const nativeResponse = globalThis.Response;
const send = (message: FromEdge) => process.send?.(message);
let liveBuild: HostedBuild | undefined;

async function main(): Promise<void> {
  let listener: RequestListener = (_, response) => response.writeHead(503).end();
  const server = await listen((request, response) => listener(request, response));
  const edge = createEdge({
    liveBuild: () => liveBuild,
    accountSid: `AC${'0'.repeat(32)}`,
    authToken: 'a token for tests',
    domainName: `localhost:${server.port}`,
    projectDirectory,
    directory,
    functionTimeoutMs: Number(process.argv[2]),
  });
  listener = edge.listener;
  process.on('message', async (message: ToEdge) => {
    if (message.type === 'deploy') {
      liveBuild = message.build && withBuffers(message.build);
      send({ type: 'deployed' });
    } else {
      const responseStayed = globalThis.Response === nativeResponse;
      await edge.close();
      const names = ['Twilio', 'Runtime', 'Functions', 'twilioClient'];
      const leftGlobals = names.filter((name) => name in globalThis);
      send({ type: 'closed', responseStayed, leftGlobals });
      process.disconnect();
      await server.close();
    }
  });
  send({ type: 'listening', port: server.port, directory });
}

/** Buffers cross the process boundary as plain byte arrays. */
function withBuffers(build: HostedBuild): HostedBuild {
  const whole = (file: HostedBuild['assets'][number]) => ({
    ...file,
    content: Buffer.from(file.content),
  });
  return { ...build, functions: build.functions.map(whole), assets: build.assets.map(whole) };
}

main();
