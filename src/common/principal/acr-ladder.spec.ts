import { AcrLadder } from './acr-ladder.js';

describe('the ladder of strengths (RFC 9470, OIDC Core 2)', () => {
  const ladder = new AcrLadder({ password: 'low', multiFactor: 'middle', phishingResistant: 'high' });

  it.each<[readonly string[], string | null]>([
    [[], null],
    [['pwd'], 'low'],
    [['otp'], 'low'],
    [['pwd', 'otp', 'mfa'], 'middle'],
    [['hwk'], 'low'],
    [['user'], 'low'],
    [['hwk', 'user'], 'high'],
    [['swk', 'user', 'mfa'], 'high'],
  ])('methods %j are %s', (methods, acr) => {
    expect(ladder.of(methods)).toBe(acr);
  });

  it.each<[string | null, readonly string[], boolean]>([
    ['low', ['low'], true],
    ['high', ['low'], true],
    ['middle', ['high'], false],
    ['low', ['high', 'low'], true],
    ['low', ['0'], true],
    ['0', ['0'], true],
    ['0', ['low'], false],
    [null, ['0'], false],
    ['low', [], false],
    ['gold', ['gold'], true],
    ['gold', ['low', '0'], false],
    ['high', ['gold'], false],
  ])('%s suffices for %j: %s', (reached, wanted, suffices) => {
    expect(ladder.suffices(reached, wanted)).toBe(suffices);
  });
});
