import { describe, expect, it } from '@jest/globals';
import { createMask } from '../../explain/mask';

describe('the mask', () => {
  it('keeps the kind of an access key and its scope', () => {
    const mask = createMask();
    const scope = '%2F20130524%2Fus-east-1%2Fs3%2Faws4_request';
    expect(mask.pair(`X-Amz-Credential=AKIAIOSFODNN7EXAMPLE${scope}`)).toBe(
      `X-Amz-Credential=AKIA****${scope}`,
    );
  });

  it('numbers a second value, so that a change shows', () => {
    const mask = createMask();
    const shown = ['a', 'b', 'a', 'b'].map((each) => mask.value('X-Amz-Signature', each));
    expect(shown).toEqual(['****', '****(2)', '****', '****(2)']);
    expect(mask.value('X-Amz-Security-Token', 'c')).toBe('****');
  });

  it.each([
    ['From', '%2B819012345678', '%2B8190…'],
    ['CalledVia', '05012345678', '0501…'],
    ['To', 'sip%3A%2B819012345678%40example.com', 'sip%3A%2B8190…%40example.com'],
    ['To', 'sips%3A%2B819012345678%40example.com', 'sips%3A%2B8190…%40example.com'],
    ['From', '%252B819012345678', '%252B8190…'],
    ['ErrorUrl', '%2Fa%3FFrom%3D%252b819012345678%26To%3D1', '%2Fa%3FFrom%3D%252b8190…%26To%3D1'],
    ['body', '%7B%22From%22%3A%22819012345678%22%7D', '%7B%22From%22%3A%228190…%22%7D'],
    ['X-Amz-SignedHeaders', 'host%26From%3D%2B819012345678', 'host%26From%3D%2B8190…'],
  ])('shortens the phone number in %s', (name, value, shown) => {
    expect(createMask().value(name, value)).toBe(shown);
  });

  it.each([
    ['CallStatus', 'in-progress'],
    ['partNumber', '12'],
    ['CallSid', 'CA0123456789abcdef0123456789abcdef'],
    ['amp%3BX-Amz-Date', '20130524T000000Z'],
    ['ApiVersion', '2010-04-01'],
    ['X-Amz-Expires', '31536000'],
    ['url', '%2Fcalls%252F20130524%252Fus-east-1%252Fs3%252Faws4_request'],
    ['v', '123456'],
    ['v', '1234567890123456'],
    ['X-Amz-Date', '20130524T000000Z'],
    ['X-Amz-SignedHeaders', 'host%3Brange'],
  ])('leaves %s=%s as it is', (name, value) => {
    expect(createMask().value(name, value)).toBe(value);
  });

  it.each([
    ['/prompts/20130524/819012345678.mp3', '/prompts/20130524/819012345678.mp3'],
    ['/%E6%97%A520130524.mp3', '/%E6%97%A520130524.mp3'],
    ['/a.mp3%3FFrom%3D%252B819012345678', '/a.mp3%3FFrom%3D%252B8190…'],
    ['/%2B819012345678/a.mp3', '/%2B8190…/a.mp3'],
  ])("masks a phone number in the path %s, and not the key's own digits", (path, shown) => {
    expect(createMask().text(path)).toBe(shown);
  });

  it.each([
    ['/audio?key=a.mp3&exp=1&sig=0a1b&To=', '/audio?key=a.mp3&exp=1&sig=****&To='],
    ['%2Faudio%3Fkey%3Da.mp3%26sig%3D0a1b%26To%3D', '%2Faudio%3Fkey%3Da.mp3%26sig%3D****%26To%3D'],
    ['/a?design=0a1b', '/a?design=0a1b'],
  ])("masks the proxy's signature in %s", (text, shown) => {
    expect(createMask().text(text)).toBe(shown);
  });

  it('shows phone numbers where they may be seen, and no secret', () => {
    const mask = createMask({ showsNumbers: true });
    expect(mask.value('From', '%2B819012345678')).toBe('%2B819012345678');
    expect(mask.text('/a?From=%2B819012345678&X-Amz-Signature=0a')).toBe(
      '/a?From=%2B819012345678&X-Amz-Signature=****',
    );
  });
});
