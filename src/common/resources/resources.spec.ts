import { addressOf } from './resource-address.js';
import { resolveResources } from './resources.js';

const ISSUER = 'https://auth.example.com';
const of = (...resources: string[]) =>
  resolveResources(
    resources.map((resource) => ({ resource })),
    ISSUER,
  );

describe('the resources of the options', () => {
  it('G7 two that are one stop the boot', () => {
    expect(() => of('https://api.example.com', 'https://API.example.com/')).toThrow(
      'resources: https://API.example.com/ and https://api.example.com are one resource (RFC 8707 2). Remove one.',
    );
    expect(of('https://api.example.com/a', 'https://api.example.com/a/').all).toHaveLength(2);
  });

  it('G8 the issuer is one, in the spelling of the options if they have it', () => {
    expect(of().find(`${ISSUER}/`)?.resource).toBe(ISSUER);
    expect(of(`${ISSUER}/`).find(ISSUER)?.resource).toBe(`${ISSUER}/`);
  });

  it.each(['https://user:secret@api.example.com', 'api', 'https://api.example.com/#x', 'https://api.example.com\\x'])(
    '%s stops the boot',
    (resource) => expect(() => of(resource)).toThrow(/^resources\[0\]: .* is not an absolute URL/),
  );

  it('are named by their identifier or their path', () => {
    const resources = of(
      'https://api.example.com/mcp',
      'https://other.example.com/twin',
      'https://api.example.com/twin',
    );
    expect(resources.named('https://API.example.com/mcp').resource).toBe('https://api.example.com/mcp');
    expect(resources.named('/mcp').resource).toBe('https://api.example.com/mcp');
    expect(resources.named('/').resource).toBe(ISSUER);
    expect(() => resources.named('/twin')).toThrow(
      '/twin is the path of https://other.example.com/twin and https://api.example.com/twin. Name the whole identifier.',
    );
    expect(() => resources.named('/mcp/')).toThrow(
      '/mcp/ is none of the option resources (https://api.example.com/mcp, ',
    );
    expect(() => of().named('/mcp')).toThrow('/mcp is none of the option resources (which is empty). Add it there.');
  });

  it.each([
    ['https://api.example.com/mcp', 'https://api.example.com/.well-known/oauth-protected-resource/mcp'],
    ['https://api.example.com/mcp/', 'https://api.example.com/.well-known/oauth-protected-resource/mcp'],
    ['https://api.example.com', 'https://api.example.com/.well-known/oauth-protected-resource'],
    ['https://api.example.com/mcp?a=1', 'https://api.example.com/.well-known/oauth-protected-resource/mcp?a=1'],
    ['http://localhost:3000/mcp', 'http://localhost:3000/.well-known/oauth-protected-resource/mcp'],
  ])('RFC 9728 3.1 the document of %s is at %s', (resource, url) => expect(addressOf(resource)?.documentUrl).toBe(url));

  it.each([
    'http://api.example.com/mcp',
    'urn:example:files',
    'api://files',
    'https://api.example.com/:id',
    'https://api.example.com/(a)',
  ])('%s has no document', (resource) => expect(addressOf(resource)).toBeNull());
});
