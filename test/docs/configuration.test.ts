import { describe, expect, it } from '@jest/globals';
import { configurationPage, defaultOf, describedVariables } from '../../scripts/configuration';
import { readAccount, readConfig, type Variables } from '../../src/config';
import { ConfigError } from '../../src/errors';
import { namedInRows, readPage, tables } from '../helpers/docs/markdown';

describe('docs/configuration.md', () => {
  it('is what npm run schema writes', () => {
    expect(readPage('docs/configuration.md')).toBe(configurationPage());
  });

  it('has the defaults that .env.example sets', () => {
    const preset = describedVariables().filter(({ value }) => value !== '');
    expect(preset.length).toBeGreaterThan(3);
    for (const { name, value } of preset) expect([name, defaultOf(name)]).toEqual([name, value]);
  });
});

describe('the README', () => {
  const table = tables(readPage('README.md')).find((text) => text.startsWith('| Variable |')) ?? '';
  const named = namedInRows(table).flat();
  const value: Variables = {
    S3_REGION: 'eu-central-1',
    S3_ACCESS_KEY: 'id:secret',
    ACCOUNT_SID: `AC${'0'.repeat(32)}`,
    ADMIN_SECRET: 'x'.repeat(32),
  };
  const variables = Object.fromEntries(named.map((name) => [name, value[name] ?? 'example']));
  const isEnough = (given: Variables) => {
    try {
      readConfig(given);
      readAccount(given);
      return true;
    } catch (thrown) {
      if (thrown instanceof ConfigError) return false;
      throw thrown;
    }
  };

  it('names variables that are enough to deploy', () => {
    expect(isEnough(variables)).toBe(true);
  });

  it('says of each whether a deploy needs it', () => {
    const needed = named.filter((name) => !isEnough({ ...variables, [name]: '' }));
    const optional = /^\| .*\| no \|/gm;
    const isOptional = (name: string) =>
      (table.match(optional) ?? []).some((row) => row.includes(`\`${name}\``));
    expect(needed).toEqual(named.filter((name) => !isOptional(name)));
  });
});
