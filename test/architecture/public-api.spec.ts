import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Tests do as hosts do: they import what the package exports. Those listed reach deeper, for the reason they are listed under; who
 * can do without leaves the list, and nobody joins it without a reason.
 */
const DEEPER: Record<string, readonly string[]> = {
  'give options to the functions that read them, many at a time, without a start for each': [
    'api-keys/options.e2e-spec',
    'client-authentication/rfc6749.e2e-spec',
    'client-credentials/options.spec',
    'device/options.e2e-spec',
    'host/option-kinds.e2e-spec',
    'http/cors-host.e2e-spec',
    'sessions/cookie-options.e2e-spec',
    'sessions/threats-cookies.e2e-spec',
    'token/threats.e2e-spec',
  ],
  'do what time, another node or another process does: sweep, flush, deliver, move the clock': [
    'account-linking/link.e2e-spec',
    'api-keys/statements.e2e-spec',
    'api-keys/usage-days.e2e-spec',
    'api-keys/usage.e2e-spec',
    'authorize/oidc-core-identity.e2e-spec',
    'authorize/own-pages.e2e-spec',
    'dpop/rfc9449-nonces.e2e-spec',
    'jwt/outside-issuers.e2e-spec',
    'logout/deliveries.e2e-spec',
    'logout/fairness.e2e-spec',
    'mail/host-mail.e2e-spec',
    'support/account-pages',
    'support/sweep',
  ],
  'stand between two statements, or count them': [
    'clients/threats-ends.e2e-spec',
    'database/faults-host.e2e-spec',
    'database/faults-transactions.e2e-spec',
    'database/plans.e2e-spec',
    'logout/back-channel.e2e-spec',
    'sign-in/rfc8176-methods.e2e-spec',
    'support/pool',
  ],
  'make what only we can make: tokens, signatures, sealed secrets, rows of an earlier release': [
    'client-authentication/rfc7523.e2e-spec',
    'compatibility/id-jag-two-servers.e2e-spec',
    'database/client-epochs.e2e-spec',
    'device/races.e2e-spec',
    'http/threats-memory.e2e-spec',
    'jwt/session-tokens.e2e-spec',
    'logout/rp-initiated.e2e-spec',
    'logout/threats.e2e-spec',
    'refresh/threats.e2e-spec',
    'support/client-auth',
    'support/client-tokens',
    'support/jwt-forger',
    'support/logout',
    'support/request-objects',
    'token-exchange/id-jag-refusals.e2e-spec',
    'userinfo/oidc-core-claims.e2e-spec',
  ],
  'end or rotate what no route ends or rotates in that way': [
    'introspection/rfc7662.e2e-spec',
    'token/rfc6749-client-credentials.e2e-spec',
    'userinfo/rfc6750.e2e-spec',
  ],
  'stand in for a capability, on the kernel that capabilities stand on': [
    'accounts/pages-options.e2e-spec',
    'accounts/pages.e2e-spec',
    'discovery/oidc-discovery.e2e-spec',
    'support/continuation',
    'support/second-factor',
    'support/guarded-host',
    'support/test-factor',
  ],
  'compare what the code declares with the entities, the guides, the pages and the API document': [
    'architecture/columns.e2e-spec',
    'architecture/option-tables.spec',
    'architecture/pages-guide.spec',
    'command-line/guide.e2e-spec',
    'support/marked-words',
    'swagger/sources.e2e-spec',
  ],
  'run the command line in this process, by the function that its program calls': [
    'command-line/doctor.e2e-spec',
    'support/command-line',
  ],
  'test a part of the kernel that has no route of its own': [
    'administration/single-forms.e2e-spec',
    'outbound/guarded-fetch.e2e-spec',
    'outbound/look-up.e2e-spec',
    'transports/sockets.e2e-spec',
  ],
};

const files = readdirSync('test', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));

describe('test/', () => {
  it('imports what the package exports; who reaches deeper is listed with a reason', () => {
    const deep = /(?:from|import\()\s*'(?:\.\.\/)+src\/(?!(?:(?:swagger|testing|resource-server|mcp)\/)?index\.js')/;
    const found = files.filter((name) => deep.test(readFileSync(join('test', name), 'utf8')));
    const listed = Object.values(DEEPER).flat();
    expect(found.map((name) => name.replace(/\.ts$/, '')).toSorted()).toEqual(listed.toSorted());
  });

  it('has what tests share in support/, flat, and nothing but tests in the folders of features', () => {
    const misplaced = files.filter(
      (name) => !/^support\/[^/]+\.ts$|^[^/]+\/[^/]+\.(e2e-)?spec\.ts$|^host\/(resource-)?scaffold\//.test(name),
    );
    expect(misplaced).toEqual([]);
  });
});
