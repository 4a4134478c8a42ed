import { RUNTIME } from '../../src/limits';
import { TwilioError } from '../../src/twilio/errors';
import type { Serverless } from '../../src/twilio/serverless';
import type { Finding } from './findings';

export const HANDLER = '@twilio/runtime-handler';

/** Those of Twilio's list that matter today, and two that npm has beside it; newest first. */
const HANDLERS = ['2.1.2', '2.1.0', '2.0.3', '2.0.1', '2.0.0', '1.3.1'] as const;
const RUNTIMES = ['node24', 'node22', 'node20', 'node18'] as const;

/** Whether Twilio takes a Build with this, or with which of its codes it refuses. */
export interface PlatformProbe {
  readonly name: string;
  /** Undefined when it is taken. */
  readonly refusedWith: number | undefined;
}

export interface PlatformReport {
  readonly handlers: readonly PlatformProbe[];
  readonly runtimes: readonly PlatformProbe[];
}

/**
 * Asks for one Build each, of an empty Function: Twilio answers at once whether it takes it.
 *
 * @param handler the version to ask for runtimes with
 * @throws {TwilioError} for any answer that is neither
 */
export async function probePlatform(
  twilio: Serverless,
  handler: string,
  signal: AbortSignal,
): Promise<PlatformReport> {
  const sid = await twilio.createResource('Functions', 'empty');
  const version = await twilio.upload('Functions', sid, {
    path: '/empty',
    visibility: 'private',
    content: Buffer.from('exports.handler = (context, event, callback) => callback();'),
    contentType: 'application/javascript',
  });
  const probe = async (name: string, handlerVersion: string, runtime: string) => {
    signal.throwIfAborted();
    const dependencies = [{ name: HANDLER, version: handlerVersion }];
    const contents = { assetVersions: [], functionVersions: [version], dependencies, runtime };
    return { name, refusedWith: await refusalOf(() => twilio.createBuild(contents)) };
  };
  const handlers: PlatformProbe[] = [];
  for (const name of HANDLERS) handlers.push(await probe(name, name, RUNTIME));
  const runtimes: PlatformProbe[] = [];
  for (const name of RUNTIMES) runtimes.push(await probe(name, handler, name));
  return { handlers, runtimes };
}

async function refusalOf(create: () => Promise<unknown>): Promise<number | undefined> {
  try {
    await create();
    return undefined;
  } catch (thrown) {
    if (thrown instanceof TwilioError && thrown.status === 400) return thrown.code ?? 400;
    throw thrown;
  }
}

/** The handler to deploy with: the project's own, unless Twilio takes another one only. */
export function handlerToDeploy({ handlers }: PlatformReport, own: string): string {
  const taken = handlers.filter(({ refusedWith }) => refusedWith === undefined);
  return taken.some(({ name }) => name === own) ? own : (taken[0]?.name ?? own);
}

export function platformFindings({ handlers, runtimes }: PlatformReport): Finding[] {
  return [
    { question: 'Runtime handlers that Twilio takes', answer: inWords(handlers) },
    { question: 'Runtimes that Twilio builds for', answer: inWords(runtimes) },
  ];
}

function inWords(probes: readonly PlatformProbe[]): string {
  const taken = probes.filter(({ refusedWith }) => refusedWith === undefined);
  const refused = probes.filter(({ refusedWith }) => refusedWith !== undefined);
  const parts = [
    taken.length > 0 ? taken.map(({ name }) => name).join(', ') : 'none of those asked for',
    refused.length > 0 &&
      `not ${refused.map(({ name, refusedWith }) => `${name} (${refusedWith})`).join(', ')}`,
  ];
  return parts.filter(Boolean).join('; ');
}
