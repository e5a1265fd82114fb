import { Secret, TOTP, URI } from 'otpauth';
import { fromBase32, newTotpSecret, stepOf, toBase32, totpCode, totpStep, totpUri } from './totp.js';

const RFC_SECRET = toBase32(Buffer.from('12345678901234567890'));
const at = (seconds: number) => new Date(seconds * 1000);

describe('time-based codes', () => {
  // The table has eight digits; six of them are the last six, since the number is taken modulo a power of ten.
  it.each([
    [59, '94287082'],
    [1_111_111_109, '07081804'],
    [1_111_111_111, '14050471'],
    [1_234_567_890, '89005924'],
    [2_000_000_000, '69279037'],
    [20_000_000_000, '65353130'],
  ])('RFC 6238 appendix B: at %i the code ends as in the table', (seconds, code) => {
    expect(totpCode(RFC_SECRET, totpStep(at(seconds)))).toBe(code.slice(2));
  });

  it('another implementation makes the same codes of the same secrets', () => {
    for (let turn = 0; turn < 50; turn++) {
      const secret = newTotpSecret();
      const seconds = 1_700_000_000 + turn * 977;
      const other = new TOTP({ secret: Secret.fromBase32(secret), algorithm: 'SHA1', digits: 6, period: 30 });
      expect(totpCode(secret, totpStep(at(seconds)))).toBe(other.generate({ timestamp: seconds * 1000 }));
    }
  });

  it('RFC 6238 5.2: one step before and one after count, two do not', () => {
    const now = at(1_800_000_000);
    const found = [-2, -1, 0, 1, 2].map((offset) => {
      const step = totpStep(now) + offset;
      return stepOf(RFC_SECRET, totpCode(RFC_SECRET, step), now) === step;
    });
    expect(found).toEqual([false, true, true, true, false]);
  });

  it('what is no code is of no step', () => {
    const now = at(59);
    expect(
      ['', '12345', '1234567', '２８７０８２', 'abcdef', '-28708'].map((code) => stepOf(RFC_SECRET, code, now)),
    ).toEqual(Array.from({ length: 6 }, () => null));
    expect(stepOf(RFC_SECRET, '287 082', now)).toBe(1);
  });

  it('RFC 4648 10: Base32, there and back', () => {
    const known = { f: 'MY', fo: 'MZXQ', foo: 'MZXW6', foob: 'MZXW6YQ', fooba: 'MZXW6YTB', foobar: 'MZXW6YTBOI' };
    for (const [text, base32] of Object.entries(known)) {
      expect(toBase32(Buffer.from(text))).toBe(base32);
      expect(fromBase32(base32).toString()).toBe(text);
    }
  });

  it('RFC 4226 4: secrets have 160 bits', () => {
    expect(fromBase32(newTotpSecret())).toHaveLength(20);
  });

  it('apps read the address', () => {
    const secret = newTotpSecret();
    const read = URI.parse(totpUri({ secret, issuer: 'My Iss & Co', account: 'a+b@x.io' })) as TOTP;
    expect([read.secret.base32, read.issuer, read.label, read.digits, read.period, read.algorithm]).toEqual([
      secret,
      'My Iss & Co',
      'a+b@x.io',
      6,
      30,
      'SHA1',
    ]);
  });
});
