import { Inject, Injectable } from '@nestjs/common';
import type { Transaction } from '../../common/database/transaction.js';
import { AuthError } from '../../common/errors/auth-error.js';
import { Extensions } from '../../common/extensions.js';
import { AuthRoutes } from '../../common/http/routes/auth-routes.js';
import { SubjectStore } from '../../common/subjects/subject.store.js';
import { OAUTH_PROVIDER_SETTINGS, type OAuthProviderSettings } from '../oauth-provider.settings.js';
import { clientInformation, type ClientInformation } from '../clients/client.information.js';
import { readClientMetadata, type ClientMetadataDraft } from '../clients/metadata/client-metadata-input.js';
import { furtherMethods } from '../clients/metadata/client-metadata.js';
import { ClientValidator } from '../clients/metadata/client.validator.js';
import { ClientStore } from '../clients/client.store.js';
import { ClientWriter } from '../clients/client.writer.js';
import { InitialAccessTokenStore } from './initial-access-token.store.js';
import { ownPolicy, refusePrivileged } from '../clients/metadata/own-metadata-rules.js';
import { unauthorized, type Registrant } from './registrants.js';

const HOUR_SECONDS = 3_600;

/** Registers clients for callers other than administration: RFC 7591, and better-auth's `create-client`. */
@Injectable()
export class ClientRegistrations {
  constructor(
    private readonly store: ClientStore,
    private readonly tokens: InitialAccessTokenStore,
    private readonly validator: ClientValidator,
    private readonly extensions: Extensions,
    private readonly writer: ClientWriter,
    private readonly subjects: SubjectStore,
    private readonly routes: AuthRoutes,
    @Inject(OAUTH_PROVIDER_SETTINGS) private readonly settings: OAuthProviderSettings,
  ) {}

  /**
   * @param isSelfManaged whether the client gets a registration access token (RFC 7592)
   * @throws AuthError 400 of RFC 7591 3.2.2; 401 when the initial access token was spent meanwhile, or the user has ended; 403
   *   `CLIENT_LIMIT_REACHED`; 429 when open registration has reached its limit for this hour
   */
  async register(
    registrant: Registrant,
    input: Readonly<Record<string, unknown>>,
    isSelfManaged: boolean,
  ): Promise<ClientInformation> {
    refusePrivileged(input);
    const draft = readClientMetadata(input);
    const metadata = await this.validator.validate(this.offered(draft), 'self');
    const isMethodNamed = draft.token_endpoint_auth_method !== undefined;
    const policy = { ...ownPolicy(input), ...furtherMethods(metadata, isMethodNamed) };
    const { row, fresh } = await this.writer.create({
      registeredBy: registrant.origin,
      ownerId: registrant.origin === 'user' ? registrant.userId : null,
      metadata,
      policy,
      isSelfManaged,
      admit: (tx) => this.requireAllowance(tx, registrant),
    });
    const uri = isSelfManaged ? this.configurationUri(row.client_id) : undefined;
    return clientInformation(row, this.settings, fresh, uri);
  }

  /**
   * Without the grants that this server does not have: applications register one list everywhere, and read in the answer what they got (RFC 7591
   * 3.2.1). What it has, and gives to nobody who registers, is refused.
   */
  private offered({ grant_types: named, ...draft }: ClientMetadataDraft): ClientMetadataDraft {
    if (!named) return draft;
    const known = this.extensions.grants.map(({ grantType }) => grantType);
    const grants = named.filter((one) => known.includes(one) || one === 'client_credentials');
    return { ...draft, grant_types: grants.length > 0 ? grants : named };
  }

  /** RFC 7592 1.3: where the client reads and changes itself. */
  configurationUri(clientId: string): string {
    return this.routes.urlOf(`/oauth2/register/${encodeURIComponent(clientId)}`);
  }

  /** Limits are counted under locks that last until this transaction ends, so they are exact. */
  private async requireAllowance(tx: Transaction, registrant: Registrant): Promise<void> {
    if (registrant.origin === 'initial_access_token') {
      if (!(await this.tokens.use(tx, registrant.tokenHash))) throw unauthorized('the initial access token was spent');
      return;
    }
    const { maxPerUser, maxOpenPerHour } = this.settings.registration;
    if (registrant.origin === 'open') {
      if ((await this.store.countOpen(tx)) >= maxOpenPerHour) throw AuthError.tooManyRequests(HOUR_SECONDS);
      return;
    }
    await this.subjects.lock(tx, registrant.userId);
    await this.subjects.hold(tx, registrant.userId);
    if ((await this.store.ownedBy(tx, registrant.userId)).length >= maxPerUser)
      throw AuthError.forbidden('CLIENT_LIMIT_REACHED', `A user may have ${maxPerUser} clients`);
  }
}
