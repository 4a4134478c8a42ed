import { describe, expect, it } from '@jest/globals';
import { isLeftBySync } from '../../../cli/rollback/earlier';
import { manifestPath } from '../../../src/manifest';
import { carryOverOf, fingerprint } from '../../../src/sync/carry-over';
import type { Build } from '../../../src/twilio/resources';

const zeros = '0'.repeat(31);
const [OLD, LIVE, NEVER] = [`ZB${zeros}1`, `ZB${zeros}2`, `ZB${zeros}3`] as const;

/** A Build that a sync or a deploy made from another one. */
function buildFrom(base: string, isDeploy = false): Build {
  const bare: Build = {
    sid: NEVER,
    status: 'completed',
    assets: [],
    functions: [],
    dependencies: [],
    runtime: 'node22',
    createdAt: new Date(0),
  };
  const marker = { hash: '0'.repeat(32), fingerprint: fingerprint(carryOverOf(bare)), base };
  const path = manifestPath({ ...marker, isDeploy });
  const resourceSid = `ZH${'0'.repeat(32)}`;
  const sid = `ZN${'0'.repeat(32)}`;
  return { ...bare, functions: [{ sid, resourceSid, path, visibility: 'private' }] };
}

const deploymentsOf = (...buildSids: readonly string[]) =>
  buildSids.map((buildSid, at) => ({ sid: `ZD${at}`, buildSid, createdAt: new Date(at) }));

describe('a Build that the next sync would take for a late one', () => {
  it.each<[string, Build, readonly string[], boolean]>([
    ['a sync made it from an older Build', buildFrom(OLD), [OLD, LIVE], true],
    ['it was live', buildFrom(OLD), [OLD, NEVER, LIVE], false],
    ['a sync made it from what is live', buildFrom(LIVE), [OLD, LIVE], false],
    ['a deploy made it', buildFrom(OLD, true), [OLD, LIVE], false],
    ['it is of another environment', buildFrom(`ZB${zeros}4`), [OLD, LIVE], false],
    ['no sync made it', { ...buildFrom(OLD), functions: [] }, [OLD, LIVE], false],
  ])('%s', (_, build, buildSids, expected) => {
    expect(isLeftBySync(build, { sid: LIVE }, deploymentsOf(...buildSids))).toBe(expected);
  });
});
