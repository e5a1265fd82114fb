import { readElement, readElements, readOid } from './der.js';

const bytes = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex');

describe('DER (X.690 10, 8.19)', () => {
  it.each([
    ['05 00', 0x05, ''],
    ['02 01 7f', 0x02, '7f'],
    [`04 81 80 ${'aa'.repeat(128)}`, 0x04, 'aa'.repeat(128)],
    [`04 82 01 00 ${'bb'.repeat(256)}`, 0x04, 'bb'.repeat(256)],
    ['02 01 7f ff ff', 0x02, '7f'],
  ])('reads %s', (hex, tag, content) => {
    const element = readElement(bytes(hex));
    expect([element.tag, element.content.toString('hex')]).toEqual([tag, content]);
  });

  it.each([
    ['nothing', ''],
    ['a tag alone', '30'],
    ['a length above what is there', '30 01'],
    ['a length far above', '30 82 ff ff 00'],
    ['a length without end (BER)', '30 80 05 00 00 00'],
    ['a long length that could be short', `04 81 7f ${'00'.repeat(127)}`],
    ['a length with a zero before it', `04 82 00 80 ${'00'.repeat(128)}`],
    ['a length of four bytes', '04 84 00 00 00 01 00'],
    ['a length of 127 bytes', `04 ff ${'ff'.repeat(127)}`],
    ['a length that ends early', '04 82 01'],
    ['a tag of several bytes', '1f 81 01 00'],
  ])('refuses %s', (_what, hex) => {
    expect(() => readElement(bytes(hex))).toThrow('DER');
  });

  it('refuses elements of which the last is cut', () => {
    expect(readElements(bytes('05 00 02 01 01'))).toHaveLength(2);
    expect(() => readElements(bytes('05 00 02 02 01'))).toThrow('DER');
  });

  it.each([
    ['06 03 55 04 03', '2.5.4.3'],
    ['06 09 2a 86 48 86 f7 0d 01 09 01', '1.2.840.113549.1.9.1'],
    ['06 0a 09 92 26 89 93 f2 2c 64 01 19', '0.9.2342.19200300.100.1.25'],
    ['06 02 88 37', '2.999'],
  ])('reads the identifier %s', (hex, dotted) => {
    expect(readOid(readElement(bytes(hex)))).toBe(dotted);
  });

  it.each([['06 00'], ['06 02 55 84'], ['06 03 55 80 03'], ['05 00'], ['06 01 80']])(
    'refuses the identifier %s',
    (hex) => {
      expect(() => readOid(readElement(bytes(hex)))).toThrow('DER');
    },
  );
});
