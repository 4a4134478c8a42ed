import { describe, expect, it } from '@jest/globals';
import {
  EVERY_REQUEST,
  filterRows,
  type RequestFilter,
  splitAppended,
  splitUrl,
} from '../../../sandbox/phone-page/browser/requests';
import { rowWith } from '../../helpers/sandbox/phone-page';

const VOICE = rowWith({ request: 0, verb: 'voice', url: 'http://localhost:3000/voice' });
const PLAYED = rowWith({ request: 1 });
const REFUSED = rowWith({
  request: 2,
  servedBy: 'S3',
  status: 403,
  url: 'http://localhost:9000/b/prompts/%E5%96%B6%E6%A5%AD%20%E6%99%82%E9%96%93.mp3?X-Amz-Date=1',
  appended: 'CallSid=CA1',
});
const UNANSWERED = rowWith({ request: 3, verb: 'Gather action', status: undefined });
const ROWS = [VOICE, PLAYED, REFUSED, UNANSWERED];

describe('the filter of the inspector', () => {
  it.each<[string, Partial<RequestFilter>, readonly number[]]>([
    ['shows all requests at first', {}, [0, 1, 2, 3]],
    ['shows media alone', { kind: 'media' }, [1, 2]],
    ['shows webhooks alone', { kind: 'webhooks' }, [0, 3]],
    ['shows what failed, also what got no answer', { failedOnly: true }, [2, 3]],
    ['finds a verb, whatever its case', { text: 'gather ›' }, [1, 2]],
    ['finds a status by its number', { text: '403' }, [2]],
    ['finds a status by its word', { text: 'forbidden' }, [2]],
    ['finds a parameter that was appended', { text: 'callsid' }, [2]],
    ['finds a key by its letters, though the URL encodes them', { text: '営業' }, [2]],
    ['finds all that fits every condition', { kind: 'webhooks', failedOnly: true }, [3]],
    ['takes characters of a pattern as they are', { text: '.*' }, []],
  ])('%s', (_title, changes, requests) => {
    const found = filterRows(ROWS, { ...EVERY_REQUEST, ...changes });
    expect(found.map(({ request }) => request)).toEqual(requests);
  });

  it('finds a key whose letters are composed another way', () => {
    const row = rowWith({ url: 'http://localhost:3000/caf%C3%A9.mp3' });
    expect(filterRows([row], { ...EVERY_REQUEST, text: 'cafe\u0301' })).toEqual([row]);
  });
});

describe('a URL in the inspector', () => {
  it.each([
    ['leaves out the page’s own origin', 'http://a:1/voice', '/voice', ''],
    [
      'keeps another host, and sets its query apart',
      'http://b:1/k?x=1&y',
      'http://b:1/k',
      '?x=1&y',
    ],
    ['does not take a longer port for its own', 'http://a:11/voice', 'http://a:11/voice', ''],
    ['shows letters of any script', 'http://a:1/%E5%96%B6%20%D8%B4.mp3', '/営%20ش.mp3', ''],
    ['shows no character that turns the text around', 'http://a:1/%E2%80%AEx', '/%E2%80%AEx', ''],
    ['leaves bytes that are no letters as they are', 'http://a:1/%FF%0A', '/%FF%0A', ''],
  ])('%s', (_title, url, path, query) => {
    expect(splitUrl(url, 'http://a:1')).toEqual({ path, query });
  });

  it('has a long query cut, which a row that is opened has whole', () => {
    const { query } = splitUrl(`http://s3/a.mp3?X-Amz-Signature=${'f'.repeat(300)}`, 'http://a:1');
    expect(query).toBe(`?X-Amz-Signature=${'f'.repeat(63)}…`);
  });
});

describe('parameters that were appended', () => {
  it('are read as a server reads them', () => {
    expect(splitAppended('From=%2B8190&ToState=&Name=a+b')).toEqual([
      { name: 'From', value: '+8190' },
      { name: 'ToState', value: '' },
      { name: 'Name', value: 'a b' },
    ]);
  });

  it('are none where nothing was appended', () => {
    expect(splitAppended('')).toEqual([]);
  });
});
