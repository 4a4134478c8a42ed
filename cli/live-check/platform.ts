import { messageOf } from '../../src/errors';
import { RUNTIME, RUNTIME_HANDLER_PACKAGE } from '../../src/limits';
import { TwilioError } from '../../src/twilio/errors';
import type { Serverless } from '../../src/twilio/serverless';
import type { Finding } from './findings';

/** Those of Twilio's list that matter today, and two that npm has beside it; newest first. */
const PROBED_HANDLERS = ['2.1.2', '2.1.0', '2.0.3', '2.0.1', '2.0.0', '1.3.1'] as const;
const PROBED_RUNTIMES = ['node24', 'node22', 'node20', 'node18'] as const;

export interface PlatformProbe {
  readonly name: string;
  /** Whether Twilio takes a Build with it, refuses it with this code, or gave no such answer. */
  readonly outcome: 'taken' | { readonly code: number } | { readonly unknown: string };
}

export interface PlatformReport {
  readonly handlers: readonly PlatformProbe[];
  readonly runtimes: readonly PlatformProbe[];
}

/**
 * Asks for one Build each, of an empty Function: Twilio answers at once whether it takes it.
 *
 * @param ownHandler the version that the project names
 * @throws {TwilioError} when the Function cannot be made
 */
export async function probePlatform(
  twilio: Serverless,
  ownHandler: string,
  signal: AbortSignal,
): Promise<PlatformReport> {
  const sid = await twilio.createResource('Functions', 'empty');
  const version = await twilio.upload('Functions', sid, {
    path: '/empty',
    visibility: 'private',
    content: Buffer.from('exports.handler = (context, event, callback) => callback();'),
    contentType: 'application/javascript',
  });
  const probe = async (name: string, handler: string, runtime: string) => {
    signal.throwIfAborted();
    const dependencies = [{ name: RUNTIME_HANDLER_PACKAGE, version: handler }];
    const contents = { assetVersions: [], functionVersions: [version], dependencies, runtime };
    return { name, outcome: await outcomeOf(() => twilio.createBuild(contents)) };
  };
  const handlers: PlatformProbe[] = [];
  for (const name of PROBED_HANDLERS) handlers.push(await probe(name, name, RUNTIME));
  const handler = handlerToDeploy({ handlers }, ownHandler);
  const runtimes: PlatformProbe[] = [];
  for (const name of PROBED_RUNTIMES) runtimes.push(await probe(name, handler, name));
  return { handlers, runtimes };
}

async function outcomeOf(create: () => Promise<unknown>): Promise<PlatformProbe['outcome']> {
  try {
    await create();
    return 'taken';
  } catch (thrown) {
    if (thrown instanceof TwilioError && thrown.status === 400 && thrown.code !== undefined) {
      return { code: thrown.code };
    }
    return { unknown: messageOf(thrown) };
  }
}

/** The handler to deploy with: the project's own, unless Twilio takes another one only. */
export function handlerToDeploy(
  { handlers }: Pick<PlatformReport, 'handlers'>,
  own: string,
): string {
  const taken = handlers.filter(({ outcome }) => outcome === 'taken');
  return taken.some(({ name }) => name === own) ? own : (taken[0]?.name ?? own);
}

export function platformFindings({ handlers, runtimes }: PlatformReport): Finding[] {
  return [
    { question: 'Runtime handlers that Twilio takes', answer: inWords(handlers) },
    { question: 'Runtimes that Twilio builds for', answer: inWords(runtimes) },
  ];
}

function inWords(probes: readonly PlatformProbe[]): string {
  const taken = probes.filter(({ outcome }) => outcome === 'taken').map(({ name }) => name);
  const refused = probes.flatMap(({ name, outcome }) =>
    typeof outcome === 'object' && 'code' in outcome ? [`${name} (${outcome.code})`] : [],
  );
  const unknown = probes.flatMap(({ name, outcome }) =>
    typeof outcome === 'object' && 'unknown' in outcome ? [`${name}: ${outcome.unknown}`] : [],
  );
  const parts = [
    taken.length > 0 ? taken.join(', ') : 'none of those asked for',
    refused.length > 0 && `not ${refused.join(', ')}`,
    unknown.length > 0 && `not known: ${unknown.join(' ')}`,
  ];
  return parts.filter(Boolean).join('; ');
}
