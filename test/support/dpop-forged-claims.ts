import { DpopKey, sha256, type ProofTerms } from './dpop.js';
import { forged, type ForgedProof } from './dpop-forged.js';

type Json = Record<string, unknown>;
type Make = ForgedProof['make'];

const now = () => Math.floor(Date.now() / 1000);
/** @param change made when the proof is: the time goes on */
const claims =
  (change: (terms: ProofTerms) => Json): Make =>
  (key, terms) =>
    key.proof({ ...terms, claims: change(terms) });

const NO_TEXTS: readonly [string, unknown][] = [
  ['missing', undefined],
  ['null', null],
  ['a number', 5],
  ['true', true],
  ['a list', ['a']],
  ['an object', { a: 1 }],
];
const NO_TIMES: readonly [string, unknown][] = [
  ['null', null],
  ['a text', String(now())],
  ['true', true],
  ['a list', [now()]],
  ['an object', {}],
  ['a date', new Date().toISOString()],
];
/** Members that are texts: wrong in each way that JSON has. */
const texts = ['jti', 'htm', 'htu'].flatMap((name) =>
  [...NO_TEXTS, ['empty', ''] as const].map(
    ([how, value]) => [`${name} is ${how}`, claims(() => ({ [name]: value }))] as const,
  ),
);
const atResource = { only: 'resource' } as const;

export const FORGED_CLAIMS = (): ForgedProof[] =>
  forged([
    ...texts,
    ['jti has 257 characters', claims(() => ({ jti: 'j'.repeat(257) }))],
    ['htm in lower case', claims(({ method = 'POST' }) => ({ htm: method.toLowerCase() }))],
    ['htm is another method', claims(() => ({ htm: 'PUT' }))],
    ['htm has a space', claims(({ method = 'POST' }) => ({ htm: `${method} ` }))],
    ['htm names two', claims(() => ({ htm: 'GET POST' }))],
    ['htm stands for any', claims(() => ({ htm: '*' }))],
    ['iat is missing', claims(() => ({ iat: undefined }))],
    ...['iat', 'nbf', 'exp'].flatMap((name) =>
      NO_TIMES.map(([how, value]) => [`${name} is ${how}`, claims(() => ({ [name]: value }))] as const),
    ),
    ['iat is 70 s ahead', claims(() => ({ iat: now() + 70 }))],
    ['iat is an hour ahead', claims(() => ({ iat: now() + 3_600 }))],
    ['iat is 302 s old', claims(() => ({ iat: now() - 302 }))],
    ['iat is an hour old', claims(() => ({ iat: now() - 3_600 }))],
    ['iat is 0', claims(() => ({ iat: 0 }))],
    ['iat is negative', claims(() => ({ iat: -1 }))],
    ['iat is in milliseconds', claims(() => ({ iat: Date.now() }))],
    ['iat is huge', claims(() => ({ iat: 1e300 }))],
    ['nbf is 70 s ahead', claims(() => ({ nbf: now() + 70 }))],
    ['exp was 70 s ago', claims(() => ({ exp: now() - 70 }))],
    ['exp is 0', claims(() => ({ exp: 0 }))],
    ...NO_TEXTS.slice(1).map(([how, nonce]) => [`nonce is ${how}`, claims(() => ({ nonce }))] as const),
    ...NO_TEXTS.map(([how, ath]) => [`ath is ${how}`, claims(() => ({ ath })), atResource] as const),
    ['ath is of another token', claims(() => ({ ath: sha256('another') })), atResource],
    ['ath is the token', claims(({ token }) => ({ ath: token })), atResource],
    ['ath is padded', claims(({ token = '' }) => ({ ath: `${sha256(token)}=` })), atResource],
    [
      'ath is hexadecimal',
      claims(({ token = '' }) => ({ ath: Buffer.from(sha256(token), 'base64url').toString('hex') })),
      atResource,
    ],
    ['ath is of the scheme and the token', claims(({ token = '' }) => ({ ath: sha256(`DPoP ${token}`) })), atResource],
    [
      'a right proof of another key',
      (_key, terms) => new DpopKey().proof(terms),
      { ...atResource, error: 'invalid_token' },
    ],
  ]);
