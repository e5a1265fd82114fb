import { valuesOf } from '../phrase.js';
import { ENGLISH, type TextKey } from './en/index.js';
import { LANGUAGES } from './index.js';

describe.each(Object.entries(LANGUAGES))('the texts of %s', (language, texts) => {
  it('are all there, with the values of the English ones', () => {
    expect(Object.keys(texts).toSorted()).toEqual(Object.keys(ENGLISH).toSorted());
    const others = Object.entries(texts).filter(([key, phrase]) => {
      return String(valuesOf(phrase)) !== String(valuesOf(ENGLISH[key as TextKey]));
    });
    expect(others).toEqual([]);
  });

  it('have the plural forms of the language', () => {
    const { pluralCategories } = new Intl.PluralRules(language).resolvedOptions();
    const forms = Object.values(texts).filter((phrase) => typeof phrase === 'object');
    for (const one of forms) expect(pluralCategories).toEqual(expect.arrayContaining(Object.keys(one)));
  });

  it('are words and no markup', () => {
    expect(Object.entries(texts).filter(([, phrase]) => /[<>&]/.test(JSON.stringify(phrase)))).toEqual([]);
  });
});
