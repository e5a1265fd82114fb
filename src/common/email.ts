import { domainToASCII, domainToUnicode } from 'node:url';

const MAX_LENGTH = 254;
/** One @, no space, control or invisible character, a dot in the domain. Only a message sent to it can show that it exists. */
const SHAPE =
  /^[^\s@<>()[\]\\,;:"\p{Cc}\p{Cf}\uFFFD]+@[^\s@<>()[\]\\,;:"\p{Cc}\p{Cf}\uFFFD]+\.[^\s@.<>()[\]\\,;:"\p{Cc}\p{Cf}\uFFFD]+$/u;
/** Characters that NFC turns into ASCII: the Greek question mark, the Greek varia and the Kelvin sign. */
const BECOMES_ASCII = /[\u037E\u1FEF\u212A]/;

/**
 * The form in which e-mail addresses are stored and compared: trimmed, NFC, ASCII lower case, the domain in ASCII. No Unicode case
 * folding, which could turn one user's address into another's: a dotless i stays a different letter, a Kelvin sign is refused (T114).
 * @returns null when it is not an address
 */
export function normaliseEmail(text: string): string | null {
  if (text.length > MAX_LENGTH || BECOMES_ASCII.test(text)) return null;
  const email = text
    .trim()
    .normalize('NFC')
    .replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
  const canonical = SHAPE.test(email) ? withAsciiDomain(email) : null;
  return canonical !== null && canonical.length <= MAX_LENGTH ? canonical : null;
}

/**
 * The same address with its domain in Unicode: how it was stored before domains were converted to ASCII.
 * @returns null when that spelling is the same
 */
export function unicodeSpelling(email: string): string | null {
  const at = email.lastIndexOf('@');
  const domain = domainToUnicode(email.slice(at + 1));
  return domain === '' || domain === email.slice(at + 1) ? null : `${email.slice(0, at)}@${domain}`;
}

/**
 * Converts the domain by IDNA, so that both spellings of a domain lead to one account. Null when a non-ASCII label would become plain
 * ASCII: it only looks like that ASCII label, and so the address is refused (T114).
 */
function withAsciiDomain(email: string): string | null {
  const at = email.lastIndexOf('@');
  const domain = email.slice(at + 1);
  if (!/[^\x00-\x7F]/.test(domain)) return email;
  const given = domain.split('.');
  const labels = domainToASCII(domain).split('.');
  const isSame = labels.length === given.length && labels.every((label, index) => isSpelling(label, given[index]!));
  return isSame ? `${email.slice(0, at)}@${labels.join('.')}` : null;
}

function isSpelling(label: string, given: string): boolean {
  return /[^\x00-\x7F]/.test(given) ? label.startsWith('xn--') : label === given;
}
