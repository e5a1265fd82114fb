import { SecretBox } from './secret-box.js';

const OLD = 'the old secret of this server, 0123456789';
const NEW = 'the new secret of this server, 9876543210';

describe('SecretBox', () => {
  const box = new SecretBox([NEW]);

  it.each(['', 'secret', 'ä💥\0\n', 'x'.repeat(100_000)])('opens what it sealed', (text) => {
    expect(box.open(box.seal(text, 'c'), 'c')).toBe(text);
  });

  it('seals one text differently each time, and never shows it', () => {
    const [one, two] = [box.seal('secret', 'c'), box.seal('secret', 'c')];
    expect(one.equals(two)).toBe(false);
    expect(one.toString('latin1')).not.toContain('secret');
  });

  it('opens under its own context only', () => {
    expect(box.open(box.seal('x', 'row:1'), 'row:2')).toBeNull();
    expect(box.open(box.seal('x', 'row:1'), '')).toBeNull();
  });

  it('null for every single changed bit, and for every cut', () => {
    const sealed = box.seal('secret', 'c');
    for (let index = 0; index < sealed.length; index++) {
      const changed = Buffer.from(sealed);
      changed[index]! ^= 1;
      expect(box.open(changed, 'c')).toBeNull();
      expect(box.open(sealed.subarray(0, index), 'c')).toBeNull();
    }
    expect(box.open(Buffer.concat([sealed, Buffer.of(0)]), 'c')).toBeNull();
  });

  it('rotation: the new secret seals, both open; a removed one opens nothing', () => {
    const before = new SecretBox([OLD]).seal('x', 'c');
    const rotated = new SecretBox([NEW, OLD]);
    expect([rotated.open(before, 'c'), rotated.isCurrent(before)]).toEqual(['x', false]);
    const after = rotated.seal('x', 'c');
    expect([box.open(after, 'c'), rotated.isCurrent(after)]).toEqual(['x', true]);
    expect(box.open(before, 'c')).toBeNull();
    expect(new SecretBox([OLD]).open(after, 'c')).toBeNull();
  });

  it('signs under the newest and verifies under any', () => {
    const signature = new SecretBox([OLD]).sign('v');
    expect(new SecretBox([NEW, OLD]).verify('v', signature)).toBe(true);
    expect(new SecretBox([NEW, OLD]).verify('w', signature)).toBe(false);
    expect(box.verify('v', signature)).toBe(false);
    for (const spelling of ['', signature.slice(1), `${signature} `, signature.replace('=', ''), `${signature}AAAA`])
      expect(new SecretBox([OLD]).verify('v', spelling)).toBe(false);
  });
});
