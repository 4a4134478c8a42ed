import { fork } from 'node:child_process';
import { once } from 'node:events';
import http, { type IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { build } from 'esbuild';
import { AUTH_TOKEN, hostedBuild, hostedFile } from '../sandbox/start-edge';

export interface RuntimeAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** The proxy as it is deployed: bundled, in Twilio's own runtime, in a process of its own. */
export interface DeployedProxy {
  readonly authToken: string;
  /** Sends the query byte for byte, with Twilio's user agent and no header that is not given. */
  get(query: string, headers?: Readonly<Record<string, string>>): Promise<RuntimeAnswer>;
  /** Its log so far. */
  output(): string;
  /** Waits until the log contains this. */
  logged(text: string): Promise<void>;
  close(): Promise<void>;
}

const root = join(__dirname, '../../..');

async function bundle(source: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(root, 'functions', source)],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    write: false,
    logLevel: 'warning',
  });
  return outputFiles[0]?.text ?? '';
}

export async function deployProxy(
  variables: Readonly<Record<string, string>>,
  { privateFunctions = [] as readonly string[] } = {},
): Promise<DeployedProxy> {
  const child = fork(join(__dirname, '../sandbox/edge-process.ts'), ['10000'], {
    execArgv: ['--import', 'tsx'],
    serialization: 'advanced',
    silent: true,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const said = async (type: string): Promise<{ port: number }> => {
    for (;;) {
      const [message] = await once(child, 'message');
      if (message.type === type) return message;
    }
  };
  const { port } = await said('listening');
  const functions = [hostedFile('/audio', await bundle('audio.ts'))];
  for (const name of privateFunctions) {
    const content = await bundle(`${name}.private.ts`);
    functions.push(hostedFile(`/${name}`, content, { visibility: 'private' }));
  }
  const deployed = said('deployed');
  child.send({ type: 'deploy', build: hostedBuild({ functions, variables }) });
  await deployed;
  const agent = new http.Agent({ keepAlive: true });

  return {
    authToken: AUTH_TOKEN,
    async get(query, headers = {}) {
      const path = `/audio?${query}`;
      const request = http.request({
        host: '127.0.0.1',
        port,
        path,
        headers: { 'user-agent': 'TwilioProxy/1.1', ...headers },
        agent,
      });
      request.end();
      const [response]: http.IncomingMessage[] = await once(request, 'response');
      if (!response) throw new Error('no response');
      const body = Buffer.concat(await response.toArray());
      return { status: response.statusCode ?? 0, headers: response.headers, body };
    },
    output: () => output,
    async logged(text) {
      while (!output.includes(text)) await new Promise((resolve) => setTimeout(resolve, 10));
    },
    async close() {
      agent.destroy();
      const exited = once(child, 'exit');
      child.send({ type: 'close' });
      await exited;
    },
  };
}
