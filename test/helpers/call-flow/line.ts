import { readTwiml, type TwimlNode } from '../../../phone';
import type { Line } from '../../../src/call-flow/twiml';
import { lower, type Rung } from '../../../src/playback/ladder';

export const ORIGIN = 'https://clinic-1234-dev.twil.io';

/**
 * A line on which every prompt is an Asset, unless `highest` says that it can only be had further
 * down.
 */
export function lineWith(highest: Readonly<Record<string, Rung>> = {}): Line {
  return {
    playback: (key, from = 'asset') => {
      const rung = lower(highest[key] ?? 'asset', from);
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
 * TwiML as a caller meets it, one line a verb: strictly read, so that a document that Twilio would
 * warn of fails the test. Addresses are without their origin, and decoded.
 */
export function heard(document: string): string[] {
  return readTwiml(document).flatMap((verb) => outline(verb, ''));
}

function outline({ name, attributes, text, children }: TwimlNode, indent: string): string[] {
  const written = Object.entries(attributes)
    .filter(([attribute, value]) => !['method', 'input'].includes(attribute) || value === 'GET')
    .map(([attribute, value]) => `${attribute}=${short(value)}`);
  // The phone counts the text of what is nested too.
  const own = children.length > 0 ? '' : short(text);
  const line = [name, ...written, own].filter(Boolean).join(' ');
  return [indent + line, ...children.flatMap((child) => outline(child, `${indent}  `))];
}

function short(text: string): string {
  return decodeURIComponent(text.replace(ORIGIN, ''));
}
