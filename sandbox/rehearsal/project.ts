import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PlayError } from '../../src/errors';

/** What `serverless:deploy` reads of a project, beside its .env. */
const PARTS = [
  'package.json',
  '.twilioserverlessrc',
  '.twilioserverless',
  'assets',
  'functions',
  'node_modules',
];

/**
 * A folder that the deployer takes for the project: links to its parts, and variables of its own.
 * What the deployer leaves behind (.twiliodeployinfo) stays there.
 *
 * @returns the folder
 */
export function stageProject(
  projectDirectory: string,
  directory: string,
  variables: Readonly<Record<string, string>>,
): string {
  const stage = join(directory, 'project');
  mkdirSync(stage);
  for (const part of PARTS) {
    const original = join(projectDirectory, part);
    if (!existsSync(original)) throw new PlayError(`${original} is missing: run npm run build`);
    symlinkSync(original, join(stage, part));
  }
  const lines = Object.entries(variables).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(join(stage, '.env'), lines.join(''), { mode: 0o600 });
  return stage;
}
