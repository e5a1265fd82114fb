import type { ScopeTexts } from '../../ports/authorization-server.js';
import { readerOf } from '../../texts/reader.js';
import { permissionList, type Permissions } from './permission-list.js';

const items = (permissions: Permissions, isNew?: (one: string) => boolean, texts?: ScopeTexts) =>
  [
    ...permissionList(permissions, texts, new Map(), isNew)
      .markupFor(readerOf('en'))
      .matchAll(/<li>(.*?)<\/li>/g),
  ].map(([, words]) => words);

describe('what a client will be able to do', () => {
  it('scopes in words where they have any, claims and resources by name', () => {
    expect(
      items({
        scopes: ['openid', 'offline_access', 'films:watch'],
        claims: ['birthdate'],
        resources: ['https://api/'],
      }),
    ).toEqual([
      'Know who you are',
      'See <code>birthdate</code>',
      'Use <code>films:watch</code>',
      'Keep access while you are not using it',
      'Act on your behalf at <code>https://api/</code>',
    ]);
  });

  it('in the words of the host where it has some', () => {
    const texts: ScopeTexts = new Map([
      ['films:watch', { title: { en: 'Watch <films>', de: 'Filme' }, description: 'All' }],
    ]);
    expect(items({ scopes: ['films:watch'], resources: [] }, undefined, texts)).toEqual([
      'Watch &lt;films&gt;<br /><span class="soft">All</span>',
    ]);
  });

  it('says so where it is nothing', () => {
    expect(items({ scopes: [], resources: [] })).toEqual(['Recognise you, and nothing else']);
  });

  it('marks what is new', () => {
    expect(items({ scopes: ['openid', 'email'], resources: [] }, (one) => one === 'email')).toEqual([
      'Know who you are',
      'See your e-mail address <strong class="new">new</strong>',
    ]);
  });

  it.each(['constructor', '__proto__', '<script>'])('T008 the scope %s means nothing', (scope) => {
    expect(items({ scopes: [scope], resources: [] })).toEqual([
      `Use <code>${scope.replace('<', '&lt;').replace('>', '&gt;')}</code>`,
    ]);
  });
});
