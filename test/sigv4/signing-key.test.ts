import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { signature, signingKey } from '../../src/sigv4';

const secret = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
const scope = { day: '20150830', region: 'us-east-1', service: 'iam' };

describe('signingKey', () => {
  // The example of the AWS General Reference's page on deriving a signing key.
  it('derives the documented key', () => {
    expect(signingKey(secret, scope).export().toString('hex')).toBe(
      'c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9',
    );
  });

  it('derives it once for each secret, day, region and service', () => {
    const key = signingKey(secret, scope);
    expect(signingKey(secret, { ...scope })).toBe(key);
    const others = [
      signingKey(`${secret}2`, scope),
      signingKey(secret, { ...scope, day: '20150831' }),
      signingKey(secret, { ...scope, region: 'us-east-2' }),
      signingKey(secret, { ...scope, service: 's3' }),
      // The same characters, divided otherwise.
      signingKey(secret, { ...scope, region: 'us-east-1i', service: 'am' }),
    ];
    const signatures = [key, ...others].map((each) => signature(each, 'text'));
    expect(new Set(signatures).size).toBe(6);
  });

  it('forgets the oldest of many keys, so that it stays small', () => {
    const key = signingKey(secret, scope);
    for (let day = 0; day < 40; day++) signingKey(secret, { ...scope, day: String(day) });
    const again = signingKey(secret, scope);
    expect(again).not.toBe(key);
    expect(again.equals(key)).toBe(true);
  });

  it('does not show its bytes when it is logged', () => {
    const key = signingKey(secret, scope);
    const hex = key.export().toString('hex');
    expect(inspect(key)).not.toContain(hex.slice(0, 4));
    expect(JSON.stringify(key)).toBe('{}');
  });
});
