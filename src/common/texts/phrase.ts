/** The plural forms of a text whose value `count` is a number (Unicode's plural categories); `other` stands in for those not given. */
export type PluralForms = { readonly other: string } & Readonly<Partial<Record<Intl.LDMLPluralRule, string>>>;

/** One text in one language. `{name}` stands for a value, e.g. `Continue as {account}`. */
export type Phrase = string | PluralForms;

/** A part of a phrase: its words, or the name of a value. */
export type PhrasePart = { readonly words: string } | { readonly value: string };

const PLACE = /\{([a-zA-Z]+)\}/;

/** The parts of a phrase, in order. @param count chooses the plural form */
export function partsOf(phrase: Phrase, language: string, count: number | undefined): PhrasePart[] {
  // Split by a pattern with one group: words and names alternate.
  return formOf(phrase, language, count)
    .split(PLACE)
    .map((part, index) => (index % 2 === 0 ? { words: part } : { value: part }));
}

/** The names of the values that a phrase has, in all its forms. */
export function valuesOf(phrase: Phrase): string[] {
  const forms = typeof phrase === 'string' ? [phrase] : Object.values(phrase);
  return [...new Set(forms.flatMap((form) => form.split(PLACE).filter((_part, index) => index % 2 === 1)))].toSorted();
}

function formOf(phrase: Phrase, language: string, count = 0): string {
  if (typeof phrase === 'string') return phrase;
  return phrase[new Intl.PluralRules(language).select(count)] ?? phrase.other;
}
