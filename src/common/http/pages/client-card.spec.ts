import { html } from '../../html.js';
import { accessCard, clientCard, clientLinks } from './client-card.js';

const CLIENT = { name: '<b>Films</b>', isVerified: true };

describe('what pages show of a client', () => {
  it('its name as text, and whose account it asks for', () => {
    expect(String(accessCard(CLIENT, 'ada@example.com'))).toContain(
      '<strong>&lt;b&gt;Films&lt;/b&gt;</strong> asks for access to your account <strong>ada@example.com</strong>.',
    );
  });

  it('T093 a warning where anybody may have chosen the name', () => {
    expect(String(clientCard({ ...CLIENT, isVerified: false }, html`it asks`))).toContain('id="unverified"');
    expect(String(clientCard(CLIENT, html`it asks`))).not.toContain('id="unverified"');
  });

  it.each([null, undefined, 'javascript:alert(1)', 'data:image/png;base64,AA==', 'https://', '/logo.png'])(
    'no logo and no link for %s',
    (address) => {
      expect(String(clientCard({ ...CLIENT, logoUri: address }, html`it asks`))).not.toContain('<img');
      expect(clientLinks({ ...CLIENT, uri: address, policyUri: address, tosUri: address })).toBe(false);
    },
  );

  it('its logo and its links', () => {
    const [logoUri, policyUri] = ['https://films.example/logo.png', 'https://films.example/privacy'];
    expect(String(clientCard({ ...CLIENT, logoUri }, html`it asks`))).toContain(`src="${logoUri}"`);
    const links = String(clientLinks({ ...CLIENT, policyUri }));
    expect(links.match(/<li>.*<\/li>/g)).toEqual([
      `<li><a href="${policyUri}" rel="noopener noreferrer">Privacy policy of &lt;b&gt;Films&lt;/b&gt;</a></li>`,
    ]);
  });
});
