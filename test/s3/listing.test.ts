import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readListing } from '../../src/s3/listing';

const read = (xml: string) =>
  readListing({ status: 200, headers: {}, body: Buffer.from(xml) }, new Date(0));

/** @param before what stands before the objects */
const page = (objects: readonly string[], before = '') =>
  `<?xml version="1.0"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${before}<IsTruncated>false</IsTruncated>${objects.join('')}</ListBucketResult>`;

/** A comment on the page has the parser read all of it. */
const COMMENT = '<!-- no plain page -->';

function sortedObjects(xml: string): string[] {
  return read(xml)
    .contents.map((object) => JSON.stringify([...object].sort()))
    .sort();
}

const NAMES: Readonly<Record<string, string>> = {
  '"': '&quot;',
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  "'": '&apos;',
};

/** As a server may write a text: some characters by name, by number, or as they are. */
function written(text: string, choice: number): string {
  return [...text]
    .map((character, index) => {
      const code = character.codePointAt(0) ?? 0;
      const isControl = code < 32 || code === 0xfffe || code === 0xffff;
      if (isControl || (choice + index) % 7 === 0) return `&#x${code.toString(16)};`;
      const isMarkup = character === '&' || character === '<';
      return isMarkup || choice % 2 === 0 ? (NAMES[character] ?? character) : character;
    })
    .join('');
}

const text = fc.string({ unit: 'binary', maxLength: 12 });
const element = fc.oneof(
  fc
    .tuple(
      fc.constantFrom('Key', 'ETag', 'Size', 'LastModified', 'StorageClass', 'Type'),
      text,
      fc.nat(20),
    )
    .map(([name, value, choice]) => `<${name}>${written(value, choice)}</${name}>`),
  fc.tuple(text, text).map(([id, name]) => {
    const owner = `<ID>${written(id, 0)}</ID><DisplayName>${written(name, 0)}</DisplayName>`;
    return `<Owner>${owner}</Owner>`;
  }),
  fc.constantFrom(
    '<Key/>',
    '<Owner/>',
    '<RestoreStatus><IsRestoreInProgress>false</IsRestoreInProgress></RestoreStatus>',
    '<RestoreStatus><Key>not the key</Key></RestoreStatus>',
    '\n  ',
    '<Size >1</Size >',
    '<Size xmlns="x">2</Size>',
  ),
);
const object = fc
  .uniqueArray(element, { maxLength: 7, selector: (xml) => /<\w+/.exec(xml)?.[0] ?? xml })
  .map((elements) => `<Contents>${elements.join('')}</Contents>`);

describe('the objects of a page', () => {
  it('are those that a parser finds, in whatever form a server writes them', () => {
    fc.assert(
      fc.property(fc.array(object, { maxLength: 5 }), (objects) => {
        expect(sortedObjects(page(objects))).toEqual(sortedObjects(page(objects, COMMENT)));
      }),
      { numRuns: 500 },
    );
  });

  it('are read with the characters that S3 writes by name', () => {
    const [object] = read(
      page(['<Contents><Key>a&amp;b&lt;c&gt;.mp3</Key><ETag>&quot;e&quot;</ETag></Contents>']),
    ).contents;
    expect(object).toEqual(
      new Map([
        ['Key', 'a&b<c>.mp3'],
        ['ETag', '"e"'],
      ]),
    );
  });

  it.each<[string, string]>([
    ['a comment', '<!-- <Contents><Key>a</Key></Contents> -->'],
    ['a section of CDATA', '<Name><![CDATA[<Contents><Key>a</Key></Contents>]]></Name>'],
  ])('are none where they stand in %s', (_, before) => {
    expect(read(page([], before)).contents).toEqual([]);
  });

  it.each<[string, string]>([
    ['the end of the page is missing', page(['<Contents><Key>a</Key></Contents>']).slice(0, -20)],
    ['an element is not closed', page(['<Contents><Key>a</Contents>'])],
    ['elements overlap', page(['<Contents><Key>a<ETag>b</Key></ETag></Contents>'])],
  ])('are not read where %s', (_, xml) => {
    expect(() => read(xml)).toThrow('in a form that cannot be read');
  });
});
