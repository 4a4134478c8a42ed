import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CallError } from '../../phone';
import { DEFAULT_LIMITS, RETRY_REASONS, readOverrides } from '../../phone/overrides';
import { WEBHOOK_CONNECT_MS, WEBHOOK_READ_MS, WEBHOOK_TOTAL_MS } from '../../src/limits';
import { withOverrides } from '../../src/webhook-url';

const URL = 'https://clinic-1234-dev.twil.io/menu?at=a';
const defaults = { limits: DEFAULT_LIMITS, retries: 1, retryOn: ['ct'], totalErrorCode: 11205 };

describe('connection overrides', () => {
  test('are those that Twilio documents as its defaults for a URL without a fragment', () => {
    expect(readOverrides(URL)).toEqual(defaults);
    expect(DEFAULT_LIMITS).toEqual({ connectMs: 5000, readMs: 15_000, totalMs: 15_000 });
  });

  test('of this project are some that Twilio takes', () => {
    expect(readOverrides(withOverrides(URL))).toEqual({
      ...defaults,
      limits: { connectMs: WEBHOOK_CONNECT_MS, readMs: WEBHOOK_READ_MS, totalMs: WEBHOOK_TOTAL_MS },
      totalErrorCode: 11203,
    });
  });

  test.each([
    ['ct=100', { limits: { ...DEFAULT_LIMITS, connectMs: 100 } }],
    ['ct=10000', { limits: { ...DEFAULT_LIMITS, connectMs: 10_000 } }],
    ['rt=15000', { limits: { ...DEFAULT_LIMITS, readMs: 15_000 } }],
    ['tt=100', { limits: { ...DEFAULT_LIMITS, totalMs: 100 }, totalErrorCode: 11203 }],
    ['rc=0', { retries: 0 }],
    ['rc=5', { retries: 5 }],
    ['rp=5xx,ct', { retryOn: ['ct', '5xx'] }],
    ['rp=all', { retryOn: RETRY_REASONS }],
  ])('read #%s', (fragment, changed) => {
    expect(readOverrides(`${URL}#${fragment}`)).toEqual({ ...defaults, ...changed });
  });

  test.each([
    ['', '"" is none of ct, rt, tt, rc and rp'],
    ['top', '"top" is none of'],
    ['ct=2000&', '"" is none of'],
    ['CT=2000', '"CT=2000" is none of'],
    ['e=dublin', '"e=dublin" is none of'],
    ['sni=y', '"sni=y" is none of'],
    ['constructor=1', '"constructor=1" is none of'],
    ['ct=99', 'ct is 100 to 10000'],
    ['ct=10001', 'ct is 100 to 10000'],
    ['ct=2e3', 'ct is 100 to 10000'],
    ['ct=', '"ct=" is none of'],
    ['rt=15001', 'rt is 100 to 15000'],
    ['tt=-1', 'tt is 100 to 15000'],
    ['rc=6', 'rc is 0 to 5'],
    ['rp=', '"rp=" is none of'],
    ['rp=6xx', 'rp is a list of'],
    ['rp=ct,ct', 'rp is a list of'],
    ['rp=all,ct', 'rp is a list of'],
    ['ct=200&ct=200', 'ct is there twice'],
    ['ct=200#rt=200', 'ct is 100 to 10000'],
  ])('are refused with 11100 if they are #%s', (fragment, what) => {
    expect(() => readOverrides(`${URL}#${fragment}`)).toThrow(
      `11100: Invalid URL format: "https://clinic-1234-dev.twil.io/menu", connection overrides: ${what}`,
    );
  });

  test('are read, or refused with 11100, whatever the fragment is', () => {
    const pair = fc.tuple(fc.constantFrom('ct', 'rt', 'rp', '__proto__', ''), fc.string());
    const fragment = fc.oneof(
      fc.string(),
      fc.array(pair).map((pairs) => pairs.map(([name, value]) => `${name}=${value}`).join('&')),
    );
    fc.assert(
      fc.property(fragment, (text) => {
        try {
          const { limits } = readOverrides(`${URL}#${text}`);
          expect(Math.min(...Object.values(limits))).toBeGreaterThanOrEqual(100);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(CallError);
          expect(thrown).toMatchObject({ code: 11100 });
        }
      }),
    );
  });
});
