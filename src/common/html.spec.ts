import { html, type Html, type HtmlValue } from './html.js';
import { readerOf } from './texts/reader.js';

const markup = (part: Html) => part.markupFor(readerOf('en'));

describe('html', () => {
  it('leaves the template itself alone', () => {
    expect(markup(html`<p class="a">&amp; 'b'</p>`)).toBe(`<p class="a">&amp; 'b'</p>`);
  });

  it.each<[string, HtmlValue, string]>([
    ['a script', '<script>alert(1)</script>', '&lt;script&gt;alert(1)&lt;/script&gt;'],
    ['the end of an attribute in double quotes', '" onload="x', '&quot; onload=&quot;x'],
    ['the end of an attribute in single quotes', "' onload='x", '&#39; onload=&#39;x'],
    ['a backtick', '`x`', '&#96;x&#96;'],
    ['an entity', '&lt;', '&amp;lt;'],
    ['a number', 42, '42'],
    ['zero', 0, '0'],
    ['null', null, ''],
    ['undefined', undefined, ''],
    ['false', false, ''],
    ['the empty text', '', ''],
    ['a list', ['<', html`<br />`, null, 7], '&lt;<br />7'],
    ['a list of lists', [['a', ['b']], []], 'ab'],
  ])('T015 escapes %s', (_name, value, expected) => {
    expect(markup(html`<p title="${value}">${value}</p>`)).toBe(`<p title="${expected}">${expected}</p>`);
  });

  it('does not escape twice what it has made', () => {
    const inner = html`<b>${'<'}</b>`;
    expect(markup(html`<p>${inner}</p>`)).toBe('<p><b>&lt;</b></p>');
  });

  it('takes nothing else for markup, whatever it looks like', () => {
    const forged = { markup: '<script>', markupFor: () => '<script>', toString: () => '<script>' } as unknown as string;
    expect(markup(html`${forged}`)).toBe('&lt;script&gt;');
    const dollars = '$& $1 $$';
    expect(markup(html`${dollars}`)).toBe('$&amp; $1 $$');
  });
});
