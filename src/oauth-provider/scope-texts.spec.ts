import { readScopes } from './scope-texts.js';

const OPTION = 'oauthProvider.scopes';
const read = (given: unknown) => readScopes(OPTION, given as readonly string[]);
const of = (words: unknown) => ({ openid: { title: 'You' }, 'reports:read': words });

describe('scopes with and without texts', () => {
  it('are a list of names, or names with texts', () => {
    expect(read(['openid', 'reports:read'])).toEqual({ scopes: ['openid', 'reports:read'], scopeTexts: new Map() });
    const words = { title: { en: 'Read reports', de: 'Berichte lesen' }, description: 'All of them' };
    expect(read(of(words))).toEqual({
      scopes: ['openid', 'reports:read'],
      scopeTexts: new Map<string, object>([
        ['openid', { title: 'You' }],
        ['reports:read', words],
      ]),
    });
  });

  it.each<[unknown, string]>([
    [['a b'], `${OPTION}: "a b" is not a scope. Use`],
    [{ 'a b': { title: 'x' } }, `${OPTION}: "a b" is not a scope. Use`],
    [of(null), `${OPTION}['reports:read']: it is null. Give`],
    [of('Read reports'), `${OPTION}['reports:read']: it is a text. Give an object`],
    [of({}), `${OPTION}['reports:read'].title: it is null. Give a text`],
    [of({ title: 7 }), `${OPTION}['reports:read'].title: it is a number. Give a text`],
    [of({ title: ' ' }), `${OPTION}['reports:read'].title: it is empty. Give words`],
    [of({ title: { de: 'Berichte' } }), `${OPTION}['reports:read'].title.en: it is missing.`],
    [of({ title: { en: 'Reports', deutsch_: 'Berichte' } }), `${OPTION}['reports:read'].title: "deutsch_" is not`],
    [of({ title: 'x', description: null }), `${OPTION}['reports:read'].description: it is null. Give`],
    [of({ title: 'x', description: ['y'] }), `${OPTION}['reports:read'].description: it is a list of texts. Give`],
    [of({ title: 'x', text: 'y' }), `${OPTION}['reports:read']: there is no option "text"`],
  ])('F22 %j stops the boot', (given, message) => {
    expect(() => read(given)).toThrow(message);
  });

  it('T008 __proto__ is a name like others', () => {
    const { scopes, scopeTexts } = read(JSON.parse('{ "__proto__": { "title": "Proto" } }'));
    expect([scopes, scopeTexts.get('__proto__'), scopeTexts.get('constructor')]).toEqual([
      ['__proto__'],
      { title: 'Proto' },
      undefined,
    ]);
    expect({}).not.toHaveProperty('title');
  });
});
