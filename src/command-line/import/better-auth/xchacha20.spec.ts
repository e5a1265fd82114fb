import { hchacha20, openXChaCha20Poly1305 } from './xchacha20.js';

const bytes = (from: number, count: number) => Buffer.from(Array.from({ length: count }, (_, index) => from + index));

/** The example of the draft. */
const EXAMPLE = {
  key: bytes(0x80, 32),
  nonce: bytes(0x40, 24),
  data: Buffer.from('50515253c0c1c2c3c4c5c6c7', 'hex'),
  sealed: Buffer.from(
    'bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b452' +
      '2f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff921f9664c97637da9768812f615c68b13b52e' +
      'c0875924c1c7987947deafd8780acf49',
    'hex',
  ),
};

describe('XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha)', () => {
  it('2.2.1 the test vector of HChaCha20', () => {
    const nonce = Buffer.from('000000090000004a0000000031415927', 'hex');
    expect(hchacha20(bytes(0, 32), nonce).toString('hex')).toBe(
      '82413b4227b27bfed30e42508a877d73a0f9e4d58a74a853c12ec41326d3ecdc',
    );
  });

  it('A.3.1 the example of the AEAD opens', () => {
    expect(openXChaCha20Poly1305(EXAMPLE)?.toString()).toBe(
      "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.",
    );
  });

  it.each([
    ['another key', { key: bytes(0x81, 32) }],
    ['another nonce, in either half', { nonce: bytes(0x41, 24) }],
    ['other data', { data: Buffer.from('00') }],
    ['a changed byte', { sealed: Buffer.concat([Buffer.of(0), EXAMPLE.sealed.subarray(1)]) }],
    ['a tag that is cut', { sealed: EXAMPLE.sealed.subarray(0, -1) }],
    ['less than a tag', { sealed: Buffer.alloc(15) }],
  ])('null for %s', (_, change) => {
    expect(openXChaCha20Poly1305({ ...EXAMPLE, ...change })).toBeNull();
  });
});
