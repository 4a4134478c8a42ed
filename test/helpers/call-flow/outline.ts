import { readTwiml, type TwimlNode } from '../../../phone';
import type { TwimlContext } from '../../../src/call-flow/twiml';
import type { FallbackLevel, Playable } from '../../../src/playback';
import { withOverrides } from '../../../src/webhook-url';

export const ORIGIN = 'https://clinic-1234-dev.twil.io';

const WAYS = ['asset', 'proxy', 'say'] as const;

/** A deployment in which every prompt is an Asset, unless `best` names the best way that it has. */
export function contextWith(best: Readonly<Record<string, Playable['via']>> = {}): TwimlContext {
  return {
    playback: (key, level: FallbackLevel = 0) => {
      const via = WAYS[Math.max(WAYS.indexOf(best[key] ?? 'asset'), level)] ?? 'say';
      const name = encodeURIComponent(key);
      if (via === 'say') return { via, reason: 'for a test' };
      const path = via === 'asset' ? `/audio/${name}` : `/audio?key=${name}&exp=1&sig=2`;
      return { via, url: ORIGIN + path };
    },
    actionUrl: `${ORIGIN}/menu`,
    substituteCallerId: undefined,
    now: new Date('2026-11-23T03:00:00Z'),
    onPrompt: () => undefined,
  };
}

/**
 * A TwiML document in short, one line a verb. It is read strictly, so that a document that Twilio
 * would warn of fails the test. URLs are without origin and connection overrides, and decoded.
 */
export function outlineOf(document: string): string[] {
  return readTwiml(document).flatMap((verb) => outline(verb, ''));
}

function outline({ name, attributes, text, children }: TwimlNode, indent: string): string[] {
  const written = Object.entries(attributes)
    .filter(([attribute, value]) => !['method', 'input'].includes(attribute) || value === 'GET')
    .map(([attribute, value]) => `${attribute}=${short(value)}`);
  // The reader counts nested text, too.
  const own = children.length > 0 ? '' : short(text);
  const line = [name, ...written, own].filter(Boolean).join(' ');
  return [indent + line, ...children.flatMap((child) => outline(child, `${indent}  `))];
}

function short(text: string): string {
  return decodeURIComponent(text.replace(ORIGIN, '').replace(withOverrides(''), ''));
}
