import { describe, expect, it } from '@jest/globals';
import { adminSecretOf } from '../../../cli/sync/admin-secret';
import { ConfigError } from '../../../src/errors';

const secret = 'not a secret '.repeat(3);

describe('the secret of a deployment', () => {
  it('is taken as it is', () => {
    expect(adminSecretOf({ ADMIN_SECRET: secret })).toBe(secret);
  });

  it.each([
    ['not set', undefined],
    ['too short', 'x'.repeat(31)],
    ['not fit for a header', 'é'.repeat(32)],
    ['broken over two lines', `${'x'.repeat(32)}\nx`],
  ])('is refused when it is %s', (_, ADMIN_SECRET) => {
    expect(() => adminSecretOf({ ADMIN_SECRET })).toThrow(ConfigError);
  });
});
