import { expect, test } from '@jest/globals';
import { parseUrl } from '../src/url';

test('parseUrl reads a URL with letters beyond ASCII, however often it is asked', () => {
  const hosts = Array.from({ length: 20_000 }, () => parseUrl('https://bücher.example')?.host);
  expect(new Set(hosts)).toEqual(new Set(['xn--bcher-kva.example']));
});

test('parseUrl resolves a reference, and gives nothing for what is no URL', () => {
  expect(parseUrl('b', 'https://example.com/a')?.href).toBe('https://example.com/b');
  expect([parseUrl('b'), parseUrl('https://a b')]).toEqual([undefined, undefined]);
});
