import type { ProofTerms } from './dpop.js';
import { forged, type ForgedProof } from './dpop-forged.js';

const htu =
  (change: (url: URL, terms: ProofTerms) => string): ForgedProof['make'] =>
  (key, terms) =>
    key.proof({ ...terms, claims: { htu: change(new URL(terms.url), terms) } });

/** RFC 9449 4.3, RFC 3986 6.2: what is not the address of the request, however it is spelled. */
export const FORGED_ADDRESSES = (): ForgedProof[] =>
  forged([
    ['htu is the path alone', htu(({ pathname }) => pathname)],
    ['htu is without a scheme', htu(({ host, pathname }) => `//${host}${pathname}`)],
    ['htu is the origin alone', htu(({ origin }) => origin)],
    ['htu is of another host', htu(({ pathname }) => `http://evil.example${pathname}`)],
    ['htu is of a host that ours begins', htu(({ host, pathname }) => `http://${host}.evil.example${pathname}`)],
    ['htu is of another port', htu(({ pathname }) => `http://localhost:3001${pathname}`)],
    ['htu is without our port', htu(({ pathname }) => `http://localhost${pathname}`)],
    ['htu is of another scheme', htu(({ host, pathname }) => `https://${host}${pathname}`)],
    ['htu is ftp', htu(({ host, pathname }) => `ftp://${host}${pathname}`)],
    ['htu is ws', htu(({ host, pathname }) => `ws://${host}${pathname}`)],
    ['htu is javascript', htu(({ host, pathname }) => `javascript://${host}${pathname}`)],
    ['htu is javascript without a host', htu(() => 'javascript:alert(1)')],
    ['htu is data', htu(() => 'data:text/plain,a')],
    ['htu is a URN', htu(() => 'urn:example:a')],
    ['htu is another path', htu(({ href }) => `${href}/more`)],
    ['htu has a slash at its end', htu(({ href }) => `${href}/`)],
    ['htu has two slashes', htu(({ origin, pathname }) => `${origin}/${pathname}`)],
    ['htu has its path in upper case', htu(({ origin, pathname }) => origin + pathname.toUpperCase())],
    ['htu goes up too far', htu(({ href }) => `${href}/../..`)],
    [
      'htu has an encoded slash',
      htu(({ origin, pathname }) => `${origin}/${pathname.slice(1).replaceAll('/', '%2F')}`),
    ],
    ['htu is encoded twice', htu(({ href }) => href.replace(/.$/, (last) => `%25${last.charCodeAt(0).toString(16)}`))],
    ['htu has the path in its query', htu(({ origin, pathname }) => `${origin}/?${pathname}`)],
    ['htu has the path in its fragment', htu(({ origin, pathname }) => `${origin}/#${pathname}`)],
    ['htu has path parameters', htu(({ href }) => `${href};a=1`)],
    ['htu has a user', htu(({ host, pathname }) => `http://user@${host}${pathname}`)],
    ['htu has an empty user', htu(({ host, pathname }) => `http://@${host}${pathname}`)],
    ['htu has a user and a password', htu(({ host, pathname }) => `http://user:secret@${host}${pathname}`)],
    ['htu has our host as its user', htu(({ host, pathname }) => `http://${host}@evil.example${pathname}`)],
    ['htu has a host of other letters', htu(({ pathname }) => `http://lоcalhost:3000${pathname}`)],
    ['htu has our host in wide letters', htu(({ pathname }) => `http://ｌｏｃａｌｈｏｓｔ:3000${pathname}`)],
    ['htu has our host by number', htu(({ pathname }) => `http://127.0.0.1:3000${pathname}`)],
    ['htu has a dot behind our host', htu(({ pathname }) => `http://localhost.:3000${pathname}`)],
    ['htu has backslashes', htu(({ origin, pathname }) => origin + pathname.replaceAll('/', '\\'))],
    ['htu has one slash before its host', htu(({ host, pathname }) => `http:/${host}${pathname}`)],
    ['htu has spaces around it', htu(({ href }) => ` ${href} `)],
    ['htu has a line break', htu(({ href }) => href.replace('host', 'ho\nst'))],
    ['htu has a tabulator', htu(({ href }) => `${href}\t`)],
    ['htu has NUL at its end', htu(({ href }) => `${href}\0`)],
    ['htu has a broken port', htu(({ pathname }) => `http://localhost:300000${pathname}`)],
    ['htu has a path beyond ASCII', htu(({ href }) => `${href}ä`)],
    ['htu has 5000 characters', htu(({ href }) => `${href}?${'a'.repeat(5_000)}`)],
    ['htu is the address of another route', htu(({ origin }) => `${origin}/host/others`)],
  ]);
