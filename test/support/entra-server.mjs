// A real provider (npm oidc-provider) under Microsoft Entra ID's paths, in a process of its own. Takes its settings as JSON in ENTRA: {
// clients, scopes, lifetimeSeconds }. Sends its origin as a message; /token-requests returns the number of token requests.
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';
import { answerOnBehalfOf, JWT_BEARER } from './entra-on-behalf-of.mjs';

const TENANTS = ['tenant-1', 'tenant-2'];
const { clients, scopes, lifetimeSeconds } = JSON.parse(process.env.ENTRA);
const providers = new Map();
let tokenRequests = 0;

const server = createServer((request, response) => {
  if (request.url === '/token-requests') return response.end(String(tokenRequests));
  if (request.url.endsWith('/oauth2/v2.0/token')) tokenRequests += 1;
  const provider = providers.get(request.url.split('/')[1]);
  if (!provider) return response.writeHead(404).end();
  // Entra's discovery documents are below the tenant; the provider serves them at the root.
  request.url = request.url.replace(/^\/[^/]+\/v2\.0(?=\/\.well-known\/)/, '');
  return provider.callback()(request, response);
});

server.listen(0, '127.0.0.1', () => {
  const origin = `http://127.0.0.1:${server.address().port}`;
  for (const tenant of TENANTS) {
    const provider = new Provider(`${origin}/${tenant}/v2.0`, {
      clients: clients.map((client) => ({
        grant_types: ['client_credentials', JWT_BEARER],
        redirect_uris: [],
        response_types: [],
        scope: scopes.join(' '),
        ...client,
      })),
      scopes,
      features: { clientCredentials: { enabled: true }, devInteractions: { enabled: false } },
      routes: { token: `/${tenant}/oauth2/v2.0/token` },
      ttl: { ClientCredentials: lifetimeSeconds },
      clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    });
    provider.registerGrantType(JWT_BEARER, answerOnBehalfOf, ['assertion', 'requested_token_use', 'scope']);
    provider.on('server_error', (_, error) => console.error(error));
    providers.set(tenant, provider);
  }
  process.send({ origin });
});
process.on('disconnect', () => process.exit(0));
