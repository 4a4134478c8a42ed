import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CallOptions } from '../../../phone';
import { stageProject } from '../../../sandbox/rehearsal/staged-project';
import { startRehearsal, type TestRehearsal } from '../../helpers/sandbox/start-rehearsal';

let rehearsal: TestRehearsal;

beforeAll(async () => {
  rehearsal = await startRehearsal();
  const variables = { ...rehearsal.variables, AUDIO_VISIBILITY: 'protected' };
  const project = stageProject({ ...rehearsal, variables });
  await project.twilioRun('deploy');
  await project.run('sync');
});
afterAll(() => rehearsal.stop());

/** Verb, first part of the path, and status of each medium that a caller is played. */
async function playedMedia(options: Partial<CallOptions>): Promise<(string | number)[][]> {
  const { events } = await rehearsal.call({ digits: ['1'], ...options });
  return events.flatMap((event) => {
    if (event.kind !== 'media') return [];
    const [, first = ''] = new URL(event.url).pathname.split('/');
    return [[event.verb, first, event.status ?? 0]];
  });
}

describe('prompts that are protected Assets', () => {
  it('are protected in the Build', async () => {
    const live = await rehearsal.live();
    const prompts = live?.assets.filter(({ path }) => path.startsWith('/audio/')) ?? [];
    expect(prompts).toHaveLength(8);
    expect(new Set(prompts.map(({ visibility }) => visibility))).toEqual(new Set(['protected']));
  });

  it.each(['never', 'gather', 'always'] as const)(
    'play for signed media requests, with parameters appended: %s',
    async (append) => {
      const heard = await playedMedia({ append, signMedia: true });
      expect(heard.length).toBeGreaterThan(2);
      expect(heard.map(([verb]) => verb)).toContain('Gather › Play');
      expect(new Set(heard.map(([, first, status]) => `${first} ${status}`))).toEqual(
        new Set(['audio 200']),
      );
    },
  );

  it('answer 403 to media requests without a signature', async () => {
    const heard = await playedMedia({ signMedia: false });
    expect(new Set(heard.map(([, , status]) => status))).toEqual(new Set([403]));
  });

  it('answer 403 to a signature of another token', async () => {
    const live = await rehearsal.live();
    const path = live?.assets.find((asset) => asset.path.startsWith('/audio/'))?.path;
    const url = `https://rehearsal-1234-dev.twil.io${path}`;
    const headers = { 'X-Twilio-Signature': 'bm90IGEgc2lnbmF0dXJl' };
    expect(await rehearsal.request({ method: 'GET', url, headers })).toMatchObject({ status: 403 });
  });
});
