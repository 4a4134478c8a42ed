import { describe, expect, it } from '@jest/globals';
import { findEnvironmentIfAny } from '../../src/twilio/environments';
import { TwilioApiError, toTwilioApiError } from '../../src/twilio/errors';
import type { Variable } from '../../src/twilio/resources';
import { Serverless } from '../../src/twilio/serverless';
import type { Fault } from '../helpers/fault-server';
import { type Account, answering, answerLost, openAccount, reset } from '../helpers/twilio/account';

const DEPENDENCIES = [{ name: '@twilio/runtime-handler', version: '2.0.1' }];

/** An account with one of each resource; a second Build is not live. */
interface Scene extends Account {
  readonly asset: string;
  readonly functionSid: string;
  readonly functionVersion: string;
  readonly liveBuild: string;
  readonly otherBuild: string;
  readonly variable: Pick<Variable, 'sid' | 'key'>;
}

async function setScene(): Promise<Scene> {
  const account = await openAccount();
  const { twilio, environment } = account;
  const asset = await twilio.createResource('Assets', 'a.mp3');
  const functionSid = await twilio.createResource('Functions', 'f');
  const functionVersion = await twilio.upload('Functions', functionSid, {
    path: '/f',
    visibility: 'private',
    content: Buffer.from('module.exports = 1;'),
    contentType: 'application/javascript',
  });
  const build = () => twilio.createBuild(contentsOf(functionVersion));
  const { sid: liveBuild } = await build();
  await twilio.deploy(environment, liveBuild);
  const { sid: otherBuild } = await build();
  await twilio.createVariable(environment, 'S3_BUCKET', 'prompts');
  const [variable] = await twilio.variables(environment);
  if (!variable) throw new Error('There is no variable.');
  account.requests.splice(0);
  return Object.assign(account, {
    asset,
    functionSid,
    functionVersion,
    liveBuild,
    otherBuild,
    variable,
  });
}

const contentsOf = (functionVersion: string) => ({
  assetVersions: [],
  functionVersions: [functionVersion],
  dependencies: DEPENDENCIES,
  runtime: 'node22',
});

async function all<T>(pages: AsyncIterable<T[]>): Promise<T[]> {
  const items: T[] = [];
  for await (const page of pages) items.push(...page);
  return items;
}

const audio = {
  path: '/audio/a.mp3',
  visibility: 'public',
  contentType: 'audio/mpeg',
  content: Buffer.from('ID3'),
} as const;

type Ask = (scene: Scene) => Promise<unknown>;

/** Every request that only reads. */
const READS = {
  serviceIfAny: ({ twilio }) => twilio.serviceIfAny(),
  environment: ({ twilio, environment }) => twilio.environment(environment),
  environments: ({ twilio }) => twilio.environments(),
  variables: ({ twilio, environment }) => twilio.variables(environment),
  deployments: ({ twilio, environment }) => twilio.deployments(environment),
  build: ({ twilio, liveBuild }) => twilio.build(liveBuild),
  buildIfAny: ({ twilio, liveBuild }) => twilio.buildIfAny(liveBuild),
  buildStatus: ({ twilio, liveBuild }) => twilio.buildStatus(liveBuild),
  builds: ({ twilio }) => all(twilio.builds()),
  resources: ({ twilio }) => twilio.resources('Functions'),
  assetVersions: ({ twilio, asset }) => twilio.assetVersions(asset),
  functionContent: ({ twilio, functionSid, functionVersion }) =>
    twilio.functionContent(functionSid, functionVersion),
} satisfies Record<string, Ask>;

/** Every request that does no harm when it is sent again, and how what it made is counted. */
const REPEATED = {
  createResource: {
    ask: ({ twilio }) => twilio.createResource('Assets', 'new.mp3'),
    isDone: (scene) => namesOfAssets(scene).includes('new.mp3'),
  },
  renameAsset: {
    ask: ({ twilio, asset }) => twilio.renameAsset(asset, 'other.mp3'),
    isDone: (scene) => namesOfAssets(scene).includes('other.mp3'),
  },
  upload: {
    ask: ({ twilio, asset }) => twilio.upload('Assets', asset, audio),
    isDone: ({ api, service, asset }) =>
      (api.twilio.state.services.get(service)?.assets.get(asset)?.versions.size ?? 0) > 0,
  },
  deleteAsset: {
    ask: ({ twilio, asset }) => twilio.deleteAsset(asset),
    isDone: (scene) => !namesOfAssets(scene).includes('other.mp3'),
  },
  updateVariable: {
    ask: ({ twilio, environment, variable }) =>
      twilio.updateVariable(environment, variable, 'others'),
    isDone: (scene) => valueIn(scene) === 'others',
  },
  deleteVariable: {
    ask: ({ twilio, environment, variable }) => twilio.deleteVariable(environment, variable),
    isDone: (scene) => valueIn(scene) === undefined,
  },
  // The last two: nothing is left after them.
  deleteEnvironment: {
    ask: ({ twilio, environment }) => twilio.deleteEnvironment(environment),
    isDone: ({ api, service, environment }) =>
      !api.twilio.state.services.get(service)?.environments.has(environment),
  },
  deleteService: {
    ask: ({ twilio }) => twilio.deleteService(),
    isDone: ({ api, service }) => !api.twilio.state.services.has(service),
  },
} satisfies Record<string, { ask: Ask; isDone: (scene: Scene) => boolean }>;

function namesOfAssets({ api, service }: Scene): string[] {
  const assets = api.twilio.state.services.get(service)?.assets.values() ?? [];
  return [...assets].map(({ friendlyName }) => friendlyName);
}

function valueIn({ api, service, environment, variable }: Scene): string | undefined {
  const { environments } = api.twilio.state.services.get(service) ?? {};
  return environments?.get(environment)?.variables.get(variable.sid)?.value;
}

/** Every request that is sent once: its caller looks at what happened. */
const SENT_ONCE = {
  createBuild: ({ twilio, functionVersion }) => twilio.createBuild(contentsOf(functionVersion)),
  deploy: ({ twilio, environment, otherBuild }) => twilio.deploy(environment, otherBuild),
  createEnvironment: ({ twilio }) => twilio.createEnvironment('new-environment', 'new'),
  createVariable: ({ twilio, environment }) => twilio.createVariable(environment, 'NEW', 'value'),
} satisfies Record<string, Ask>;

const html = '<!doctype html><title>Sign in</title>';
const replacedBy = (text: string, status?: number): Fault => ({
  kind: 'changed',
  body: () => Buffer.from(text),
  ...(status !== undefined && { status }),
});
const answeredBy = (status: number, body: string, type = 'application/json'): Fault =>
  answering(status, body, { 'content-type': type });

/** What comes in place of an answer. Where Twilio has done what was asked, its answer is lost. */
const LOST: Record<string, Fault> = {
  'a connection that breaks before Twilio has done it': reset,
  'a connection that breaks before the headers': answerLost,
  'a connection that breaks after the headers': { kind: 'cut', afterBytes: 'headers' },
  'a connection that breaks in the last byte': { kind: 'reset', afterBytes: -1 },
  'half a body': {
    kind: 'changed',
    body: (body) => body.subarray(0, body.length / 2),
    status: 200,
  },
  'an empty body': replacedBy('', 200),
  'the page of a portal before Twilio has done it': answeredBy(200, html, 'text/html'),
  'the page of a portal': replacedBy(html, 200),
  'a redirect to a portal': answeredBy(302, html, 'text/html'),
  'JSON of another form before Twilio has done it': answeredBy(200, '{"ok":true}'),
  'JSON of another form': replacedBy('{"ok":true}', 200),
  'a JSON list': replacedBy('[]', 200),
  null: replacedBy('null', 200),
};
const REFUSED: Record<string, Fault> = {
  'an error of a gateway': answeredBy(502, html, 'text/html'),
  'an error inside Twilio after it has done it': replacedBy('{}', 500),
  'a limit of Twilio': answering(429),
};
const FAULTS: Record<string, Fault> = { ...LOST, ...REFUSED };

describe('the table of requests', () => {
  it('has every request of the client', () => {
    const methods = Object.getOwnPropertyNames(Serverless.prototype);
    const asked = [READS, REPEATED, SENT_ONCE].flatMap((requests) => Object.keys(requests));
    expect(asked.sort()).toEqual(methods.filter((it) => it !== 'constructor').sort());
  });
});

describe.each(Object.entries(FAULTS))('after %s', (name, fault) => {
  it('what is read is the same, at the second attempt', async () => {
    const scene = await setScene();
    for (const [request, ask] of Object.entries(READS)) {
      const right = await ask(scene);
      scene.requests.splice(0);
      scene.faults.push(fault);
      expect([request, await ask(scene)]).toEqual([request, right]);
      expect([request, scene.requests.length]).toEqual([request, 2]);
    }
  });

  it('what does no harm twice is done, at the second attempt', async () => {
    const scene = await setScene();
    for (const [request, { ask, isDone }] of Object.entries(REPEATED)) {
      expect([request, isDone(scene)]).toEqual([request, false]);
      scene.requests.splice(0);
      scene.faults.push(fault);
      await ask(scene);
      expect([request, isDone(scene)]).toEqual([request, true]);
      // A 204 is whole without a body, if it is read before the connection breaks.
      const isWhole = request.startsWith('delete') && name.endsWith('after the headers');
      const attempts = isWhole ? [1, 2] : [2];
      expect(attempts.map((n) => [request, n])).toContainEqual([request, scene.requests.length]);
    }
  });

  it('what is sent once fails, and not with a refusal that was none', async () => {
    const scene = await setScene();
    for (const [request, ask] of Object.entries(SENT_ONCE)) {
      scene.requests.splice(0);
      scene.faults.push(fault);
      const thrown = await ask(scene).catch((error: unknown) => error);
      expect([request, thrown]).toEqual([request, expect.any(TwilioApiError)]);
      const status = Object.hasOwn(LOST, name) ? undefined : expect.any(Number);
      expect([request, thrown]).toMatchObject([request, { status }]);
      expect([request, scene.requests.length]).toEqual([request, 1]);
    }
  });
});

// One of each kind.
const LASTING = Object.entries(LOST).filter(([name]) =>
  [
    'a connection that breaks after the headers',
    'half a body',
    'the page of a portal',
    'JSON of another form',
  ].includes(name),
);

describe.each(LASTING)('after nothing but %s', (_, fault) => {
  it('every request fails with a sentence of what was tried, and without what came', async () => {
    const scene = await setScene();
    scene.refuse = () => fault;
    const requests = {
      ...READS,
      ...Object.fromEntries(Object.entries(REPEATED).map(([name, { ask }]) => [name, ask])),
      ...SENT_ONCE,
    };
    for (const [request, ask] of Object.entries(requests)) {
      const thrown = await ask(scene).catch((error: unknown) => error);
      // Twilio has deleted it at the first attempt, and says so.
      if (request.startsWith('delete') && thrown === undefined) continue;
      expect([request, thrown]).toEqual([request, expect.any(TwilioApiError)]);
      expect([request, String(thrown)]).toEqual([request, expect.stringMatching(SENTENCE)]);
      expect(String(thrown)).not.toMatch(/Sign in|Valibot|Expected|undefined/);
    }
  });
});

const SENTENCE =
  /^TwilioApiError: [A-Z][a-z]+ .*: (Twilio could not be reached: |The answer with status \d+ is not Twilio's: )[^\n]*[.?]$/;

describe('an answer about something else', () => {
  const ABOUT_ONE: readonly (readonly [string, Ask])[] = Object.entries({
    ...READS,
    ...SENT_ONCE,
    renameAsset: REPEATED.renameAsset.ask,
    updateVariable: REPEATED.updateVariable.ask,
  }).filter(
    ([name]) =>
      ![
        // Found by its name, too.
        'serviceIfAny',
        'environments',
        'deployments',
        'builds',
        'resources',
        'variables',
        'assetVersions',
        'createBuild',
        'createEnvironment',
        'createVariable',
      ].includes(name),
  );

  it.each(ABOUT_ONE)('is no answer to %s', async (_, ask) => {
    const scene = await setScene();
    const other = (body: Buffer) =>
      Buffer.from(body.toString().replace(/"(Z[A-Z])[0-9a-f]{32}"/g, `"$1${'f'.repeat(32)}"`));
    scene.refuse = () => ({ kind: 'changed', body: other });
    await expect(ask(scene)).rejects.toThrow('its JSON has another form (');
  });

  it.each([
    ['environment', 'build_sid'],
    ['build', 'asset_versions'],
    ['build', 'function_versions'],
    ['build', 'dependencies'],
    ['builds', 'function_versions'],
    ['environments', 'build_sid'],
    ['environments', 'meta'],
    ['deployments', 'build_sid'],
    ['deployments', 'next_page_url'],
    ['deployments', 'deployments'],
    ['resources', 'functions'],
    ['buildStatus', 'status'],
    ['functionContent', 'content'],
  ] as const)('is no answer to %s: without %s', async (request, field) => {
    const scene = await setScene();
    const without = (body: Buffer) =>
      Buffer.from(body.toString().replaceAll(`"${field}":`, '"something_else":'));
    scene.refuse = () => ({ kind: 'changed', body: without });
    await expect(READS[request](scene)).rejects.toThrow('its JSON has another form (');
  });
});

describe('a list', () => {
  const leadingTo = (url: (origin: string) => string, { origin }: Scene): Fault => ({
    kind: 'changed',
    body: (body) =>
      Buffer.from(
        body
          .toString()
          .replace('"next_page_url":null', `"next_page_url":${JSON.stringify(url(origin))}`),
      ),
  });

  it.each<[string, (origin: string) => string, RegExp]>([
    [
      'another host',
      () => 'http://127.0.0.1:9/v1/Services/ZS/Environments?Page=1',
      /Environments$/,
    ],
    ['another list', (origin) => `${origin}/v1/Services/ZS/Builds?Page=1`, /Environments$/],
    ['no URL', () => 'Environments?Page=1', /Environments$/],
  ])('whose next page is at %s is not read on', async (_, url, asked) => {
    const scene = await setScene();
    scene.refuse = () => leadingTo(url, scene);
    await expect(scene.twilio.environments()).rejects.toThrow('named a next page');
    expect(scene.requests).toEqual([expect.stringMatching(asked)]);
  });

  it('whose pages go in a circle ends', async () => {
    const scene = await setScene();
    const next = (origin: string) => `${origin}/v1/Services/${scene.service}/Environments?Page=1`;
    scene.refuse = () => leadingTo(next, scene);
    await expect(scene.twilio.environments()).rejects.toThrow('named a next page');
    expect(scene.requests).toHaveLength(2);
  });
});

describe('an answer that there is no such thing', () => {
  it('counts only if Twilio gives it', async () => {
    const scene = await setScene();
    const missing = `ZB${'0'.repeat(32)}`;
    expect(await scene.twilio.buildIfAny(missing)).toBeUndefined();
    scene.refuse = () => answeredBy(404, html, 'text/html');
    const target = { service: scene.service, environment: 'dev' };
    await expect(scene.twilio.buildIfAny(missing)).rejects.toMatchObject({ status: 404 });
    await expect(scene.twilio.deleteAsset(scene.asset)).rejects.toMatchObject({ status: 404 });
    await expect(findEnvironmentIfAny(scene.twilio, target)).rejects.toMatchObject({ status: 404 });
  });
});

describe('an exception of the library', () => {
  it.each([
    [new Error('connect ECONNREFUSED'), 'Twilio could not be reached: connect ECONNREFUSED.'],
    [{ status: 201, message: 'aborted' }, 'Twilio could not be reached: '],
    [{ status: 401, code: 20003, message: 'No' }, 'Twilio answered 401 (20003): No. Check'],
  ])('%j says what happened, and is a refusal only with a status of one', (thrown, message) => {
    const error = toTwilioApiError('Listing the Builds', thrown);
    expect(error.message).toContain(`Listing the Builds: ${message}`);
    expect(error).toMatchObject({ status: message.includes('401') ? 401 : undefined });
  });
});
