import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import satisfies from 'spdx-satisfies';
import * as v from 'valibot';

/** Licences that ask for a notice at most, by their names in SPDX: https://spdx.org/licenses */
const ALLOWED = [
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
];

/** Packages that were looked at one by one. The licence is what their package.json says; if any. */
const EXCEPTIONS: Readonly<Record<string, { readonly licence: string; readonly why: string }>> = {
  '@twilio-labs/serverless-runtime-types': {
    licence: 'none',
    why: 'its LICENSE file is MIT',
  },
  'axe-core': {
    licence: 'MPL-2.0',
    why: 'a tool of the tests, used as it is; nothing of it is deployed',
  },
  'caniuse-lite': {
    licence: 'CC-BY-4.0',
    why: 'data about browsers, which Jest brings along; nothing of it is deployed',
  },
  'spdx-exceptions': {
    licence: 'CC-BY-3.0',
    why: 'a list of names, for this check; nothing of it is deployed',
  },
  'spdx-ranges': {
    licence: '(MIT AND CC-BY-3.0)',
    why: 'a list of names, for this check; nothing of it is deployed',
  },
  argparse: {
    licence: 'Python-2.0',
    why: 'permissive; part of the toolkit, and nothing of it is deployed',
  },
};

/** A package that is installed, and its licence as its package.json has it. */
export interface Installed {
  readonly name: string;
  readonly version: string;
  /** An expression of SPDX; none where there is no licence. */
  readonly licence: string;
}

/** A line for each package whose licence is not allowed, and for each exception without a package. */
export function licenceProblems(packages: readonly Installed[]): string[] {
  const refused = packages.filter(
    ({ name, licence }) => EXCEPTIONS[name]?.licence !== licence && !isAllowed(licence),
  );
  const names = new Set(packages.map(({ name }) => name));
  const unused = Object.keys(EXCEPTIONS).filter((name) => !names.has(name));
  return [
    ...refused.map(
      ({ name, version, licence }) =>
        `${name} ${version}: ${licence}. Take another package, or allow it in scripts/check-licences.ts.`,
    ),
    ...unused.map((name) => `${name} is not installed any more: remove its exception.`),
  ];
}

function isAllowed(licence: string): boolean {
  try {
    return satisfies(licence, ALLOWED);
  } catch {
    // No expression of SPDX, such as "SEE LICENSE IN FILE".
    return false;
  }
}

/** `licenses` is how packages of npm's early years say it. */
const licensed = v.object({
  version: v.string(),
  license: v.optional(v.string()),
  licenses: v.optional(v.array(v.object({ type: v.string() }))),
});
const lockFile = v.object({ packages: v.record(v.string(), v.looseObject({})) });

/**
 * What package-lock.json installs, on any platform: what a deploy and a bundle can hold, and the tools.
 * What is not installed on this one has its licence in the lock file.
 */
function installedPackages(root: string): Installed[] {
  const read = (...path: string[]): unknown =>
    JSON.parse(readFileSync(join(root, ...path), 'utf8'));
  const { packages } = v.parse(lockFile, read('package-lock.json'));
  return Object.entries(packages)
    .filter(([folder]) => folder !== '')
    .map(([folder, locked]) => {
      const isHere = existsSync(join(root, folder, 'package.json'));
      const { version, license, licenses } = v.parse(
        licensed,
        isHere ? read(folder, 'package.json') : locked,
      );
      const licence = license ?? licenses?.map(({ type }) => type).join(' OR ') ?? 'none';
      return { name: folder.replace(/^.*node_modules\//, ''), version, licence };
    });
}

if (require.main === module) {
  const packages = installedPackages(join(__dirname, '..'));
  const problems = licenceProblems(packages);
  for (const problem of problems) console.error(problem);
  console.log(`${packages.length} packages, ${problems.length} of them without an allowed licence`);
  if (problems.length > 0) process.exitCode = 1;
}
