import { describe, expect, it } from '@jest/globals';
import { type Installed, licenceProblems } from '../../scripts/check-licences';

const EXCEPTIONS = [
  ['@twilio-labs/serverless-runtime-types', 'none'],
  ['axe-core', 'MPL-2.0'],
  ['caniuse-lite', 'CC-BY-4.0'],
  ['spdx-exceptions', 'CC-BY-3.0'],
  ['spdx-ranges', '(MIT AND CC-BY-3.0)'],
  ['argparse', 'Python-2.0'],
].map(([name = '', licence = '']): Installed => ({ name, version: '1.0.0', licence }));

const problemsOf = (licence: string, name = 'a-package') =>
  licenceProblems([
    ...EXCEPTIONS.filter((other) => other.name !== name),
    { name, version: '1.2.3', licence },
  ]);

describe('the check of the licences', () => {
  it.each(['MIT', 'Apache-2.0 AND MIT', '(GPL-3.0-only OR MIT)', 'BSD-3-Clause'])(
    'takes %s',
    (licence) => {
      expect(problemsOf(licence)).toEqual([]);
    },
  );

  it.each([
    'GPL-3.0-only',
    'AGPL-3.0-or-later',
    'MIT AND GPL-3.0-only',
    'UNLICENSED',
    'SEE LICENSE IN LICENSE.md',
    'none',
    '',
  ])('refuses %p, and names the package', (licence) => {
    expect(problemsOf(licence)).toEqual([
      `a-package 1.2.3: ${licence}. Take another package, or allow it in scripts/check-licences.ts.`,
    ]);
  });

  it('takes an exception for the licence that it was made for only', () => {
    expect(problemsOf('CC-BY-4.0', 'caniuse-lite')).toEqual([]);
    expect(problemsOf('GPL-3.0-only', 'caniuse-lite')).toHaveLength(1);
  });

  it('refuses an exception that no package needs', () => {
    expect(licenceProblems(EXCEPTIONS.slice(1))).toEqual([
      '@twilio-labs/serverless-runtime-types is not installed any more: remove its exception.',
    ]);
  });
});
