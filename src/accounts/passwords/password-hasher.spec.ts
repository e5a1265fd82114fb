import { scryptSync } from 'node:crypto';
import { checkPassword, hashPassword } from './password-hasher.js';

/** As better-auth stores it: hex salt used as text, N 2^14, r 16, p 1. */
function legacyHash(password: string): string {
  const salt = '00112233445566778899aabbccddeeff';
  const options = { N: 2 ** 14, r: 16, p: 1, maxmem: 128 * 2 ** 14 * 16 * 2 };
  return `${salt}:${scryptSync(password.normalize('NFKC'), salt, 64, options).toString('hex')}`;
}

describe('password hasher', () => {
  it('knows its own hash, and nothing near it', async () => {
    const hash = await hashPassword('correct horse');
    expect(hash).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$[\w-]{22}\$[\w-]{86}$/);
    expect(await checkPassword('correct horse', hash)).toEqual({ matches: true, outdated: false });
    const wrong = await Promise.all(
      ['Correct horse', 'correct horse ', '', 'correct'].map((password) => checkPassword(password, hash)),
    );
    expect(wrong.map(({ matches }) => matches)).toEqual([false, false, false, false]);
  });

  it('a hash costs what it says', async () => {
    const [, , , salt, key] = (await hashPassword('correct horse')).split('$');
    const options = { N: 2 ** 15, r: 8, p: 3, maxmem: 256 * 2 ** 15 * 8 };
    const derived = scryptSync('correct horse', Buffer.from(salt!, 'base64url'), 64, options);
    expect(derived.toString('base64url')).toBe(key);
  });

  it('salts: one password never hashes alike', async () => {
    expect(await hashPassword('x')).not.toBe(await hashPassword('x'));
  });

  it('one text written two ways in Unicode is one password (NFKC)', async () => {
    const hash = await hashPassword('pa\u0308sswort');
    expect((await checkPassword('p\u00e4sswort', hash)).matches).toBe(true);
  });

  it('takes better-auth’s hash and says that it is outdated', async () => {
    const hash = legacyHash('correct horse');
    expect(await checkPassword('correct horse', hash)).toEqual({ matches: true, outdated: true });
    expect((await checkPassword('wrong', hash)).matches).toBe(false);
  });

  it('an older cost of ours still matches, and is outdated', async () => {
    const salt = Buffer.alloc(16, 7);
    const key = scryptSync('pw', salt, 64, { N: 2 ** 10, r: 8, p: 1 });
    const hash = `$scrypt$ln=10,r=8,p=1$${salt.toString('base64url')}$${key.toString('base64url')}`;
    expect(await checkPassword('pw', hash)).toEqual({ matches: true, outdated: true });
  });

  it.each([
    null,
    '',
    'plain text',
    '$scrypt$ln=15,r=8,p=3$short$short',
    '$2b$10$abcdefghijklmnopqrstuv',
    ':'.repeat(5),
  ])('nothing matches the stored %j', async (stored) => {
    const both = await Promise.all([checkPassword('', stored), checkPassword(String(stored), stored)]);
    expect(both.map(({ matches }) => matches)).toEqual([false, false]);
  });

  it('a burst of checks ends, each with its own answer', async () => {
    const hash = await hashPassword('pw');
    const all = await Promise.all(['pw', 'x', 'pw', 'y', 'pw', 'z'].map((password) => checkPassword(password, hash)));
    expect(all.map(({ matches }) => matches)).toEqual([true, false, true, false, true, false]);
  });
});
