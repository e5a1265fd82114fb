import type { ShownClient } from '../../ports/authorization-server.js';
import type { HtmlValue } from '../../html.js';
import { markupOf } from '../../html.js';
import { readerOf } from '../../texts/reader.js';
import { text } from '../../texts/text.js';
import { clientCard, clientLinks, clientName } from './client-card.js';

const CLIENT: ShownClient = { name: '<b>Films</b>', isVerified: true };
const markup = (value: HtmlValue) => markupOf(value, readerOf('en'));
const card = (client: ShownClient) => markup(clientCard(client, text('consent.asks', { client: clientName(client) })));

describe('what pages show of a client', () => {
  it('its name as text, apart from the words around it', () => {
    expect(card(CLIENT)).toContain(
      '<strong><bdi>&lt;b&gt;Films&lt;/b&gt;</bdi></strong> asks for access to your account.',
    );
  });

  it('F36 T093 a warning where anybody may have chosen name and logo, and no logo', () => {
    const unverified = { ...CLIENT, isVerified: false, logoUri: 'https://films.example/logo.png' };
    expect(card(unverified)).toContain('id="unverified"');
    expect(card(unverified)).not.toContain('<img');
    expect(card(CLIENT)).not.toContain('id="unverified"');
  });

  it('F36 a client without a name has none', () => {
    expect(markup(clientName({ name: 'k3j2h4', clientId: 'k3j2h4', isVerified: false }))).toBe(
      'An application without a name',
    );
    expect(markup(clientName({ name: '\u202e\u200b', isVerified: false }))).toBe('An application without a name');
    expect(card({ name: '', isVerified: false })).toContain('<bdi>?</bdi>');
  });

  it('a long name is cut', () => {
    expect(markup(clientName({ name: 'a '.repeat(400), isVerified: true })).length).toBeLessThan(120);
  });

  it.each([null, undefined, 'javascript:alert(1)', 'data:image/png;base64,AA==', 'https://', '/logo.png'])(
    'no logo and no link for %s',
    (address) => {
      expect(card({ ...CLIENT, logoUri: address ?? null })).not.toContain('<img');
      const links = { uri: address ?? null, policyUri: address ?? null, tosUri: address ?? null };
      expect(clientLinks({ ...CLIENT, ...links })).toBe(false);
    },
  );

  it('its logo and its links', () => {
    const [logoUri, policyUri] = ['https://films.example/logo.png', 'https://films.example/privacy'];
    expect(card({ ...CLIENT, logoUri })).toContain(`src="${logoUri}"`);
    const links = markup(clientLinks({ ...CLIENT, policyUri }));
    expect(links.match(/<li>.*<\/li>/g)).toEqual([
      `<li><a href="${policyUri}" rel="noopener noreferrer">Privacy policy of <bdi>&lt;b&gt;Films&lt;/b&gt;</bdi></a></li>`,
    ]);
  });
});
