import type { INestApplication } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import { API_TAGS } from '../common/http/routes/api-tags.js';
import { GuardServices } from '../common/guards/guard-services.js';
import { AuthRoutes } from '../common/http/routes/auth-routes.js';

/** What each of the boxes behind "Authorize" is for, in the order to try them. */
const BOXES: readonly (readonly [scheme: string, text: string])[] = [
  ['oauth2', '`oauth2` signs you in with this server itself'],
  ['bearer', '`bearer` takes a token that you already have'],
  ['apiKey', '`apiKey` takes an API key'],
  ['clientBasic', '`clientBasic` is for an OAuth client: its id and secret'],
  ['administration', '`administration` is for the routes of administrators'],
];

/** What the document says besides its operations; what the host has set stays. */
export function completeFrame(app: INestApplication, document: OpenAPIObject): void {
  // A resource server has no routes of ours, and no address of its own in its options.
  const isKernel = app.get(GuardServices).discovery === undefined;
  if (isKernel && (document.servers ?? []).length === 0) {
    const { proxyPath, issuerOrigin } = app.get(AuthRoutes);
    document.servers = [
      { url: proxyPath === '' ? '/' : proxyPath, description: 'Where this document is served' },
      { url: issuerOrigin + proxyPath, description: 'The address of the server' },
    ];
  }
  const used = new Set(
    Object.values(document.paths).flatMap((item) =>
      Object.values(item).flatMap((operation) => (operation as { tags?: string[] }).tags ?? []),
    ),
  );
  const described = new Set((document.tags ?? []).map(({ name }) => name));
  const own = Object.entries(API_TAGS).filter(([name]) => used.has(name) && !described.has(name));
  document.tags = [...(document.tags ?? []), ...own.map(([name, description]) => ({ name, description }))];
  document.info = { ...document.info, description: document.info.description || wordsFor(document) };
}

function wordsFor({ components }: OpenAPIObject): string {
  const schemes = components?.securitySchemes ?? {};
  const isElsewhere = 'oauth2' in schemes && 'openIdConnectUrl' in schemes['oauth2']!;
  const boxes = BOXES.filter(([scheme]) => scheme in schemes).map(([, text]) =>
    isElsewhere ? text.replace('this server itself', 'its issuer') : text,
  );
  const cookie = 'session' in schemes ? ' After a sign-in on this page the browser sends its cookie by itself.' : '';
  if (boxes.length === 0) return 'The routes of this application.';
  return `To try a route, press **Authorize** and fill one box: ${boxes.join('; ')}.${cookie} The lock of each route names the boxes that open it.`;
}
