import { readFileSync, writeFileSync } from 'node:fs';
import { ACCOUNT_LINKING_OPTIONS } from '../../src/account-linking/account-linking.options.js';
import { PROVIDER_OPTIONS } from '../../src/account-linking/providers/provider.options.js';
import { ACCOUNTS_OPTIONS } from '../../src/accounts/accounts.settings.js';
import { API_KEYS_OPTIONS, CONFIGURATION_OPTIONS } from '../../src/api-keys/api-keys.options.js';
import { BEARER_OPTIONS } from '../../src/bearer/bearer.options.js';
import { OUTBOUND_OPTIONS } from '../../src/client-credentials/outbound/outbound.options.js';
import { DPOP_OPTIONS } from '../../src/common/dpop/dpop.options.js';
import { AUTH_CORE_OPTIONS } from '../../src/common/options/core-options.js';
import { MTLS_OPTIONS } from '../../src/common/options/mtls-options.js';
import { PAGES_OPTIONS } from '../../src/common/options/page-options.js';
import { TRANSPORTS_OPTIONS } from '../../src/common/options/transport-options.js';
import { PASSKEYS_OPTIONS } from '../../src/passkeys/passkeys.options.js';
import { DEVICE_OPTIONS } from '../../src/device/device.options.js';
import { TRUSTED_ISSUER_OPTIONS } from '../../src/common/issuers/trusted-issuer.options.js';
import { JWT_OPTIONS } from '../../src/jwt/jwt.options.js';
import { CLIENT_DOCUMENT_OPTIONS } from '../../src/oauth-provider/client-documents.options.js';
import { STATIC_CLIENT_OPTIONS } from '../../src/oauth-provider/static-client.options.js';
import { RESOURCE_OPTIONS } from '../../src/common/resources/resource.options.js';
import { OAUTH_PROVIDER_OPTIONS } from '../../src/oauth-provider/oauth-provider.options.js';
import { RESOURCE_ISSUER_OPTIONS, RESOURCE_SERVER_OPTIONS } from '../../src/resource-server/resource-server.options.js';
import { TWO_FACTOR_OPTIONS } from '../../src/two-factor/two-factor.options.js';
import { filesOf, optionsOf, tablesOf, withTables } from '../support/option-tables.js';

interface Declared {
  readonly fallback?: unknown;
  readonly members?: Table;
}
type Table = Readonly<Record<string, Declared>>;

// To write the tables: UPDATE_OPTION_TABLES=1 npm run test:unit -- option-tables, then npx prettier --write docs/guides
const DECLARED: Readonly<Record<string, Table>> = {
  AuthCoreOptions: AUTH_CORE_OPTIONS,
  PagesOptions: PAGES_OPTIONS,
  MtlsOptions: MTLS_OPTIONS,
  DpopOptions: DPOP_OPTIONS,
  TransportsOptions: TRANSPORTS_OPTIONS,
  AccountsOptions: ACCOUNTS_OPTIONS,
  BearerOptions: BEARER_OPTIONS,
  JwtOptions: JWT_OPTIONS,
  TrustedIssuerOptions: TRUSTED_ISSUER_OPTIONS,
  DeviceOptions: DEVICE_OPTIONS,
  PasskeysOptions: PASSKEYS_OPTIONS,
  TwoFactorOptions: TWO_FACTOR_OPTIONS,
  ApiKeyConfiguration: CONFIGURATION_OPTIONS,
  ApiKeysOptions: API_KEYS_OPTIONS,
  AccountLinkingOptions: ACCOUNT_LINKING_OPTIONS,
  ProviderOptions: PROVIDER_OPTIONS,
  OAuthProviderOptions: OAUTH_PROVIDER_OPTIONS,
  ClientMetadataDocumentsOptions: CLIENT_DOCUMENT_OPTIONS,
  ResourceOptions: RESOURCE_OPTIONS,
  StaticClientOptions: STATIC_CLIENT_OPTIONS,
  OutboundOptions: OUTBOUND_OPTIONS,
  ResourceServerOptions: RESOURCE_SERVER_OPTIONS,
  ResourceIssuerOptions: RESOURCE_ISSUER_OPTIONS,
};
const GUIDES = filesOf('docs/guides', '.md');
const SHOWN = GUIDES.flatMap((file) => tablesOf(readFileSync(file, 'utf8')));
const cells = (text: string) => text.replaceAll(/ +\|/g, ' |').replaceAll(/\| +/g, '| ').replaceAll(/-{3,}/g, '---');

describe('the option tables of the guides', () => {
  it.each(GUIDES)('%s says what the code says', (file) => {
    const wanted = withTables(readFileSync(file, 'utf8'), SHOWN);
    if (process.env['UPDATE_OPTION_TABLES']) writeFileSync(file, wanted);
    expect(cells(readFileSync(file, 'utf8'))).toBe(cells(wanted));
  });

  it('every block of options has a table', () => {
    expect(SHOWN).toEqual(expect.arrayContaining(Object.keys(DECLARED)));
  });

  it.each(Object.keys(DECLARED))('every option of %s has a sentence, and the default that it says', (name) => {
    const rows = optionsOf(name);
    expect(rows.filter(({ meaning }) => meaning === '')).toEqual([]);
    const wrong = rows.filter((row) => {
      return !says(row.default.replaceAll(/[`']/g, ''), declared(DECLARED[name]!, row.name.split('.'))?.fallback);
    });
    expect(wrong).toEqual([]);
  });
});

function declared(table: Table, [name, ...rest]: readonly string[]): Declared | undefined {
  const found = table[name!];
  return rest.length === 0 ? found : declared(found?.members ?? {}, rest);
}

/** Whether the words for a default name the value that the table of the options has. */
function says(words: string, fallback: unknown): boolean {
  if (Array.isArray(fallback)) return words.startsWith(fallback.length === 0 ? 'none' : fallback.join(' '));
  return fallback === undefined || typeof fallback === 'object' || words.startsWith(String(fallback));
}
