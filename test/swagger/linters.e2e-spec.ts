import { createConfig, lintFromString } from '@redocly/openapi-core';
import spectralCore from '@stoplight/spectral-core';
import spectralRulesets from '@stoplight/spectral-rulesets';
import { startDocumentedDemo, type ApiDocument } from '../support/api-document.js';

/** What redocly says of the demo's document and we leave, with the reason. */
const LEFT: Readonly<Record<string, string>> = {
  'no-server-example.com': 'the demo runs on localhost',
  'operation-4xx-response GET /ping': 'it takes nothing that could be wrong',
  'operation-4xx-response GET /health': 'it takes nothing that could be wrong',
  'operation-4xx-response GET /ready': 'it takes nothing that could be wrong',
  'operation-2xx-response GET /api/auth/callback/{id}': 'providers send browsers there, and it sends them on',
  'operation-2xx-response GET /api/auth/reset-password/{token}': 'mails send browsers there, and it sends them on',
  'operation-2xx-response POST /api/auth/callback/{id}': 'providers send browsers there, and it sends them on',
};

describe('F32, F34: linters and the API document of the demo', () => {
  let document: ApiDocument;
  let close: () => Promise<void>;
  beforeAll(async () => {
    ({ document, close } = await startDocumentedDemo());
  });
  afterAll(() => close());

  it('redocly (recommended) has nothing to say but what is listed with a reason', async () => {
    const config = await createConfig({ extends: ['recommended'] });
    const problems = await lintFromString({ source: JSON.stringify(document), absoluteRef: 'api.json', config });
    const said = problems.map(({ ruleId, location }) => [ruleId, placeOf(location[0]?.pointer ?? '')].join(' ').trim());
    expect(said.toSorted()).toEqual(Object.keys(LEFT).toSorted());
  });

  it('spectral (oas) has nothing to say', async () => {
    const spectral = new spectralCore.Spectral();
    spectral.setRuleset(new spectralCore.Ruleset({ extends: [spectralRulesets.oas] }));
    const problems = await spectral.run(JSON.stringify(document));
    expect(problems.map(({ code, path }) => `${code} ${path.join('/')}`)).toEqual([]);
  });

  it('both speak up about a document that is wrong', async () => {
    const wrong = { ...document, paths: { '/x': { get: { responses: { 200: {} } } } } };
    const config = await createConfig({ extends: ['recommended'] });
    const problems = await lintFromString({ source: JSON.stringify(wrong), absoluteRef: 'api.json', config });
    expect(problems.map(({ ruleId }) => ruleId)).toContain('security-defined');
  });
});

/** `#/paths/~1ping/get/responses` -> `GET /ping` */
function placeOf(pointer: string): string {
  const [, , path, method] = pointer.split('/');
  if (!pointer.startsWith('#/paths/') || path === undefined) return '';
  return `${method?.toUpperCase()} ${path.replaceAll('~1', '/')}`;
}
