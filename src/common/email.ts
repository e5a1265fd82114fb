const MAX_LENGTH = 254;
/** One @, no space or control character, a dot in the domain. Whether it exists only a message to it can tell. */
const SHAPE = /^[^\s@<>()[\]\\,;:"\p{Cc}\uFFFD]+@[^\s@<>()[\]\\,;:"\p{Cc}\uFFFD]+\.[^\s@.<>()[\]\\,;:"\p{Cc}\uFFFD]+$/u;

/** All that NFC makes ASCII of: Greek question mark, Greek varia, Kelvin sign (UnicodeData.txt, canonical singletons). */
const BECOMES_ASCII = /[\u037E\u1FEF\u212A]/;

/**
 * The one form in which e-mail addresses are stored and compared: trimmed, NFC, ASCII lower case. No Unicode folding: a Kelvin sign or a
 * dotless i makes another address, never a way into somebody's account (T114). NFC itself turns the Kelvin sign into K and two more
 * characters into ASCII: an address that holds one of these is none.
 * @returns null when it is no address
 */
export function normaliseEmail(text: string): string | null {
  if (text.length > MAX_LENGTH || BECOMES_ASCII.test(text)) return null;
  const email = text
    .trim()
    .normalize('NFC')
    .replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
  return email.length <= MAX_LENGTH && SHAPE.test(email) ? email : null;
}
