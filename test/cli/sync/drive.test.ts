import { describe, expect, it } from '@jest/globals';
import type { StopSignal } from '../../../cli/interruption';
import { drive, type Progress } from '../../../cli/sync/drive';
import { PlayError } from '../../../src/errors';
import type { SyncOutcome, SyncReport } from '../../../src/sync';

const report: SyncReport = { prompts: 0, uploaded: 0, remaining: 0, retained: 0, skipped: [] };
const never = new Promise<never>(() => {});

describe('a driven sync', () => {
  it('reports every event, then ends as the sync does', async () => {
    async function* steps(): AsyncGenerator<Progress, SyncOutcome> {
      yield { type: 'moved' };
      yield { type: 'cleaned', assets: 2 };
      return { status: 'done', report };
    }
    const events: string[] = [];
    const ending = await drive(steps(), ({ type }) => events.push(type), never);
    expect(events).toEqual(['moved', 'cleaned']);
    expect(ending).toEqual({ status: 'done', report });
  });

  it('ends with what the sync throws', async () => {
    async function* steps(): AsyncGenerator<Progress, SyncOutcome> {
      yield { type: 'moved' };
      throw new PlayError('no');
    }
    expect(await drive(steps(), () => {}, never)).toEqual({ status: 'failed', message: 'no' });
  });

  it('does not wait for a sync that is in the middle of something', async () => {
    async function* steps(): AsyncGenerator<Progress, SyncOutcome> {
      yield { type: 'building', buildSid: 'ZB', adopted: false };
      return never;
    }
    let interrupt: (signal: StopSignal) => void = () => {};
    const interrupted = new Promise<StopSignal>((resolve) => {
      interrupt = resolve;
    });
    const ending = await drive(steps(), () => interrupt('SIGTERM'), interrupted);
    expect(ending).toEqual({ status: 'interrupted', signal: 'SIGTERM' });
  });
});
