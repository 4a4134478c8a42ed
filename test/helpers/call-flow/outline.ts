import { readTwiml, type TwimlNode } from '../../../phone';
import type { TwimlContext } from '../../../src/call-flow/twiml';
import { RUNGS, type Rung } from '../../../src/playback/ladder';

export const ORIGIN = 'https://clinic-1234-dev.twil.io';

/** A deployment in which every prompt is an Asset, unless `best` says how it can be had at best. */
export function contextWith(best: Readonly<Record<string, Rung>> = {}): TwimlContext {
  return {
    playback: (key, from = 'asset') => {
      const [rung = 'say'] = RUNGS.slice(
        Math.max(RUNGS.indexOf(best[key] ?? 'asset'), RUNGS.indexOf(from)),
      );
      const name = encodeURIComponent(key);
      if (rung === 'say') return { rung };
      const path = rung === 'asset' ? `/audio/${name}` : `/audio?key=${name}&exp=1&sig=2`;
      return { rung, url: ORIGIN + path };
    },
    actionUrl: `${ORIGIN}/menu`,
    substituteCallerId: undefined,
    now: new Date('2026-11-23T03:00:00Z'),
  };
}

/**
 * A TwiML document in short, one line a verb. It is read strictly, so that a document that Twilio
 * would warn of fails the test. URLs are without their origin, and decoded.
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
  return decodeURIComponent(text.replace(ORIGIN, ''));
}
