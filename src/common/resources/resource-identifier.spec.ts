import { foldResource, spellingsOf } from './resource-identifier.js';

const MCP = 'https://api.example.com/mcp';

describe('G7 RFC 8707 2, RFC 3986 6.2: one resource in several spellings', () => {
  it.each([
    ['HTTPS://API.EXAMPLE.COM/mcp', MCP],
    ['https://api.example.com:443/mcp', MCP],
    ['https://api.example.com:/mcp', MCP],
    ['http://localhost:80/mcp', 'http://localhost/mcp'],
    ['https://api.example.com', 'https://api.example.com/'],
    ['https://api.example.com?tenant=1', 'https://api.example.com/?tenant=1'],
    ['https://[2001:DB8::1]/mcp', 'https://[2001:db8::1]/mcp'],
    ['https://api.example.com:8443/mcp', 'https://api.example.com:8443/mcp'],
    ['URN:example:files', 'urn:example:files'],
  ])('%s is %s', (written, folded) => expect(foldResource(written)).toBe(folded));

  it.each([
    'https://api.example.com/mcp/',
    'https://api.example.com/MCP',
    'https://api.example.com//mcp',
    'https://api.example.com/a/../mcp',
    'https://api.example.com/./mcp',
    'https://api.example.com/%6Dcp',
    'https://api.example.com/mcp?',
    'https://api.example.com/mcp?a=1',
    'https://api.example.com:8443/mcp',
    'http://api.example.com/mcp',
    'wss://api.example.com/mcp',
    'https://api.example.com./mcp',
    'https://api.example.com.evil.example/mcp',
    'https://evil.example/https://api.example.com/mcp',
  ])('%s is another resource', (other) => {
    const folded = foldResource(other);
    expect(folded).not.toBeNull();
    expect(folded).not.toBe(foldResource(MCP));
  });

  it.each([
    '',
    'mcp',
    '/mcp',
    '//api.example.com/mcp',
    'https:api.example.com/mcp',
    'https:/api.example.com/mcp',
    'https:///api.example.com/mcp',
    'https://api.example.com/mcp#',
    'https://api.example.com/mcp#part',
    'https://user@api.example.com/mcp',
    'https://@api.example.com/mcp',
    'https://api.example.com@evil.example/mcp',
    'https://api.example.com\\mcp',
    'https://api.example.com\\@evil.example/mcp',
    ' https://api.example.com/mcp',
    'https://api.example.com/mcp ',
    'https://api.exa\tmple.com/mcp',
    'https://api.example.com/\nmcp',
    'https://api.example.com/mcp\u0000',
    'https://аpi.example.com/mcp',
    'https://api.example.com:99999/mcp',
    'https://',
  ])('T182 %j is none', (text) => expect(foldResource(text)).toBeNull());

  it('tokens may spell an empty path in two ways, and nothing else', () => {
    expect(spellingsOf('https://api.example.com')).toEqual(['https://api.example.com', 'https://api.example.com/']);
    expect(spellingsOf('https://API.example.com/')).toEqual([
      'https://API.example.com/',
      'https://api.example.com',
      'https://api.example.com/',
    ]);
    expect(spellingsOf(MCP)).toEqual([MCP]);
    expect(spellingsOf('https://api.example.com/?a=1')).toEqual(['https://api.example.com/?a=1']);
    expect(spellingsOf('urn:example:files')).toEqual(['urn:example:files']);
  });
});
