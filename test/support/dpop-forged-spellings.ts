import { claimsOf, type DpopKey, type ProofTerms } from './dpop.js';
import { forged, type ForgedProof } from './dpop-forged.js';

const right = (key: DpopKey, terms: ProofTerms) => key.proof(terms);
/** From the three parts of a right proof. */
const parts =
  (make: (header: string, payload: string, signature: string) => string) => (key: DpopKey, terms: ProofTerms) => {
    const [header, payload, signature] = right(key, terms).split('.') as [string, string, string];
    return make(header, payload, signature);
  };
/** Signed rightly, whatever its payload is. */
const payload = (make: (text: string) => string | Buffer) => (key: DpopKey, terms: ProofTerms) =>
  key.signed(key.header(), make(JSON.stringify(claimsOf(terms))));
const header = (make: (text: string) => string) => (key: DpopKey, terms: ProofTerms) =>
  key.signed(make(JSON.stringify(key.header())), claimsOf(terms));
/** A further member of the same name: the last of them counts (RFC 7515 4, RFC 7519 4). */
const doubled = (text: string, name: string, value: unknown) =>
  `${text.slice(0, -1)},"${name}":${JSON.stringify(value)}}`;

const twice = { error: 'invalid_request' } as const;

/** What is no JWT, or not one header. */
export const FORGED_SPELLINGS = (): ForgedProof[] =>
  forged([
    ['an empty header', () => ''],
    ['a space', () => ' '],
    ['a word', () => 'proof'],
    ['two dots', () => '..'],
    ['a token of ours', () => `nat_${'a'.repeat(43)}`],
    ['two parts', parts((one, two) => `${one}.${two}`)],
    ['no signature', parts((one, two) => `${one}.${two}.`)],
    ['no payload', parts((one, _two, three) => `${one}..${three}`)],
    ['no header', parts((_one, two, three) => `.${two}.${three}`)],
    ['four parts', parts((one, two, three) => `${one}.${two}.${three}.${three}`)],
    ['five parts, as a JWE has', parts((one, two, three) => `${one}.${two}.${three}.${two}.${three}`)],
    ['padded parts', parts((one, two, three) => `${one}=.${two}=.${three}==`)],
    ['base64 of another alphabet', parts((one, two, three) => `${one}+/.${two}.${three}`)],
    ['a space inside', parts((one, two, three) => `${one}. ${two}.${three}`)],
    ['quotes around it', (key, terms) => `"${right(key, terms)}"`],
    ['a scheme before it', (key, terms) => `DPoP ${right(key, terms)}`],
    ['a semicolon behind it', (key, terms) => `${right(key, terms)};`],
    ['a JWS in JSON', () => JSON.stringify({ payload: 'e30' })],
    ['bytes that are not ASCII', () => Buffer.from([0xc3, 0x28, 0xff, 0xfe])],
    ['9 KiB', (key, terms) => key.proof({ ...terms, claims: { more: 'a'.repeat(6_900) } })],
    ['payload: the header again', parts((one, _two, three) => `${one}.${one}.${three}`)],
    ['payload: no JSON', payload(() => 'claims')],
    ['payload: a list', payload((text) => `[${text}]`)],
    ['payload: a text', payload((text) => JSON.stringify(text))],
    ['payload: null', payload(() => 'null')],
    ['payload: a number', payload(() => '5')],
    ['payload: empty', payload(() => '{}')],
    ['payload: cut short', payload((text) => text.slice(0, -2))],
    ['payload: not UTF-8', payload((text) => Buffer.from(text.replace('"jti":"', '"jti":"\xff'), 'latin1'))],
    ['payload: UTF-16', payload((text) => Buffer.from(text, 'utf16le'))],
    ['payload: a byte order mark', payload((text) => `\ufeff${text}`)],
    ['payload: iat NaN', payload((text) => text.replace(/"iat":\d+/, '"iat":NaN'))],
    ['payload: iat beyond numbers', payload((text) => text.replace(/"iat":\d+/, '"iat":1e999'))],
    ['payload: members of the prototype', payload((text) => `{"__proto__":${text}}`)],
    ['payload: htm twice, the last is wrong', payload((text) => doubled(text, 'htm', 'PUT'))],
    ['payload: htu twice, the last is wrong', payload((text) => doubled(text, 'htu', 'https://evil.example/'))],
    ['payload: iat twice, the last is wrong', payload((text) => doubled(text, 'iat', 0))],
    ['payload: jti twice, the last is wrong', payload((text) => doubled(text, 'jti', 5))],
    ['header: no JSON', header(() => 'header')],
    ['header: a list', header((text) => `[${text}]`)],
    ['header: null', header(() => 'null')],
    ['header: empty', header(() => '{}')],
    ['header: members of the prototype', header((text) => `{"__proto__":${text}}`)],
    ['header: typ twice, the last is wrong', header((text) => doubled(text, 'typ', 'JWT'))],
    ['header: alg twice, the last is wrong', header((text) => doubled(text, 'alg', 'none'))],
    ['header: jwk twice, the last is wrong', header((text) => doubled(text, 'jwk', {}))],
    ['two headers', (key, terms) => [right(key, terms), right(key, terms)], twice],
    ['two headers, the same', (key, terms) => Array<string>(2).fill(right(key, terms)), twice],
    ['two headers, the first empty', (key, terms) => ['', right(key, terms)], twice],
    ['two proofs with a comma', (key, terms) => `${right(key, terms)},${right(key, terms)}`, twice],
    ['a comma behind it', (key, terms) => `${right(key, terms)},`, twice],
  ]);
