const MAX_LENGTH = 254;
/** One @, no space, control or invisible character, a dot in the domain. Whether it exists only a message to it can tell. */
const SHAPE =
  /^[^\s@<>()[\]\\,;:"\p{Cc}\p{Cf}\uFFFD]+@[^\s@<>()[\]\\,;:"\p{Cc}\p{Cf}\uFFFD]+\.[^\s@.<>()[\]\\,;:"\p{Cc}\p{Cf}\uFFFD]+$/u;
/** What NFC itself turns into ASCII: the Greek question mark, the Greek varia and the Kelvin sign. */
const BECOMES_ASCII = /[\u037E\u1FEF\u212A]/;

/**
 * The one form in which e-mail addresses are stored and compared: trimmed, NFC, ASCII lower case. No Unicode folding: a dotless i
 * makes another address and a Kelvin sign makes none, never a way into somebody's account (T114).
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
