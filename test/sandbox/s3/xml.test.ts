import { describe, expect, it } from '@jest/globals';
import { readXml } from '../../../phone/xml';
import { renderXml } from '../../../sandbox/s3/xml';

const prolog = '<?xml version="1.0" encoding="UTF-8"?>\n';

describe('renderXml', () => {
  it('nests objects, repeats arrays, leaves out what is undefined', () => {
    const document = { List: { Name: 'a', Absent: undefined, Item: [{ N: 1 }, { N: 2 }], No: [] } };
    expect(renderXml(document)).toBe(
      `${prolog}<List><Name>a</Name><Item><N>1</N></Item><Item><N>2</N></Item></List>`,
    );
  });

  it('writes a namespace', () => {
    expect(renderXml({ A: { '@xmlns': 'http://x/"', B: 'text' } })).toBe(
      `${prolog}<A xmlns="http://x/&quot;"><B>text</B></A>`,
    );
  });

  it('escapes once, so that a parser reads what was written', () => {
    const text = `a&b &amp; <c> "d" 'e' 時`;
    expect(readXml(renderXml({ Key: text })).content).toEqual([text]);
  });

  it('writes characters that XML has no place for as references, as S3 does', () => {
    expect(renderXml({ Key: 'a\u0001b\rc' })).toBe(`${prolog}<Key>a&#1;b&#13;c</Key>`);
  });
});
