const CONTROL = /[\p{Cc}\u2028\u2029]/u;
/** Invisible characters, and those that reverse the direction of text: they make different names look the same (UTS 39 5.4). */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/u;
/** Joiners inside an emoji, and the variation selector that draws it as a picture. */
const EMOJI_PARTS =
  /(?<=\p{Extended_Pictographic}(?:\uFE0F|\p{Emoji_Modifier})?)(?:\u200D(?=\p{Extended_Pictographic})|\uFE0F)/gu;
/** Joiners of scripts that cannot be written without them (RFC 5892 A.1, A.2). */
const SCRIPT_JOINERS =
  /(?<=[\p{Script=Arabic}\p{Script=Syriac}\p{Script=Mongolian}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Gurmukhi}\p{Script=Gujarati}\p{Script=Oriya}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Sinhala}\p{Script=Khmer}])[\u200C\u200D](?=[\p{L}\p{M}])/gu;
/** A visible character. The braille pattern without dots counts as a symbol although it is blank. */
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u;
const BLANK_SYMBOL = /\u2800/gu;

/** Why a text cannot be shown as a name; null when it can. */
export function displayNameFault(name: string): string | null {
  if (!name.isWellFormed() || CONTROL.test(name)) return 'it has characters that are not allowed';
  if (INVISIBLE.test(name.replace(EMOJI_PARTS, '').replace(SCRIPT_JOINERS, '')))
    return 'it has characters that nobody sees';
  return VISIBLE.test(name.replace(BLANK_SYMBOL, '')) ? null : 'it is blank';
}

export function isDisplayName(name: string): boolean {
  return displayNameFault(name) === null;
}

/** Unicode NFKC, trimmed: names that look the same become equal. */
export function normaliseDisplayName(name: string): string {
  return name.normalize('NFKC').trim();
}
