import { describe, expect, it } from '@jest/globals';
import { handlerToDeploy, platformFindings } from '../../../cli/live-check/platform';

const taken = (name: string) => ({ name, outcome: 'taken' as const });
const refused = (name: string) => ({ name, outcome: { code: 20001 } });
const unknown = (name: string) => ({ name, outcome: { unknown: 'Twilio answered 429.' } });

describe('what Twilio takes', () => {
  it('is told with the codes of what it refuses', () => {
    const report = { handlers: [refused('2.1.0'), taken('2.0.1')], runtimes: [taken('node22')] };
    expect(platformFindings(report)).toEqual([
      { question: 'Runtime handlers that Twilio takes', answer: '2.0.1; not 2.1.0 (20001)' },
      { question: 'Runtimes that Twilio builds for', answer: 'node22' },
    ]);
    const none = { handlers: [refused('2.1.0')], runtimes: [taken('node22'), unknown('node18')] };
    expect(platformFindings(none).map(({ answer }) => answer)).toEqual([
      'none of those asked for; not 2.1.0 (20001)',
      'node22; not known: node18: Twilio answered 429.',
    ]);
  });

  it('is what the rest is asked with, the project’s own handler before others', () => {
    const report = { handlers: [refused('2.1.0'), taken('2.0.1'), taken('2.0.0')], runtimes: [] };
    expect(handlerToDeploy(report, '2.0.0')).toBe('2.0.0');
    expect(handlerToDeploy(report, '2.1.0')).toBe('2.0.1');
    expect(handlerToDeploy({ handlers: [] }, '2.1.0')).toBe('2.1.0');
  });
});
