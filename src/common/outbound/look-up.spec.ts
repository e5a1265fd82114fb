import { parseHosts, parseResolver } from './local-names.js';
import { spellings } from './look-up.js';

describe('F02 names of this machine', () => {
  it('hosts(5): every name of a line, of all its lines, without comments', () => {
    const hosts = parseHosts(
      '127.0.0.1 localhost Me # a comment\n::1\tlocalhost\n#10.0.0.9 off\nnonsense db\r\n10.0.0.2 db\n',
    );
    expect(Object.fromEntries(hosts)).toEqual({ localhost: ['127.0.0.1', '::1'], me: ['127.0.0.1'], db: ['10.0.0.2'] });
  });

  it.each([
    ['', { search: [], ndots: 1 }],
    ['nameserver 10.0.0.1\n# search no.example', { search: [], ndots: 1 }],
    ['domain a.example\nsearch B.example c.example.\n', { search: ['b.example', 'c.example'], ndots: 1 }],
    ['search x.svc.cluster.local\noptions edns0 ndots:5', { search: ['x.svc.cluster.local'], ndots: 5 }],
    ['options ndots:999', { search: [], ndots: 15 }],
    ['options ndots:', { search: [], ndots: 1 }],
  ])('resolv.conf(5): %j', (text, expected) => {
    expect(parseResolver(text)).toEqual(expected);
  });

  const search = ['a.example', 'b.example'];
  it.each([
    ['db', 1, ['db.a.example', 'db.b.example', 'db']],
    ['idp.example', 1, ['idp.example', 'idp.example.a.example', 'idp.example.b.example']],
    ['idp.apps', 5, ['idp.apps.a.example', 'idp.apps.b.example', 'idp.apps']],
    ['idp.example.', 5, ['idp.example.']],
  ])('the search list: %s with ndots:%i', (host, ndots, expected) => {
    expect(spellings(host, { search, ndots })).toEqual(expected);
  });
});
