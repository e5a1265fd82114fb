import { domainToASCII, domainToUnicode } from 'node:url';

const MAX_LENGTH = 254;
/** One @, no space, control or invisible character, a dot in the domain. Whether it exists only a message to it can tell. */
const SHAPE =
  /^[^\s@<>()[\]\\,;:"\p{Cc}\p{Cf}\uFFFD]+@[^\s@<>()[\]\\,;:"\p{Cc}\p{Cf}\uFFFD]+\.[^\s@.<>()[\]\\,;:"\p{Cc}\p{Cf}\uFFFD]+$/u;
/** What NFC itself turns into ASCII: the Greek question mark, the Greek varia and the Kelvin sign. */
const BECOMES_ASCII = /[\u037E\u1FEF\u212A]/;

/**
 * The one form in which e-mail addresses are stored and compared: trimmed, NFC, ASCII lower case, the domain in ASCII. No Unicode folding: a dotless i
 * makes another address and a Kelvin sign makes none, never a way into somebody's account (T114).
 * @returns null when it is no address
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
 * The same address with its domain in Unicode: how it was stored before domains were brought to ASCII.
 * @returns null when that is no other spelling
 */
export function unicodeSpelling(email: string): string | null {
  const at = email.lastIndexOf('@');
  const domain = domainToUnicode(email.slice(at + 1));
  return domain === '' || domain === email.slice(at + 1) ? null : `${email.slice(0, at)}@${domain}`;
}

/**
 * IDNA: one domain, one account, however it is spelt. A label that would become plain ASCII only looks like the one that it would become,
 * and makes no address (T114).
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
