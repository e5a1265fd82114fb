import type { Provider } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import { CredentialCache } from './cache/credential-cache.js';
import { DpopProofs } from './dpop/dpop-proofs.js';
import { LocalReplays, SharedReplays } from './dpop/proof-replays.js';
import { Extensions } from './extensions.js';
import { SenderProofs } from './grants/sender-proofs.js';
import { SessionProofs } from './grants/session-proofs.js';
import { BearerAuthenticator } from './guards/bearer.authenticator.js';
import { BearerStrategy } from './guards/bearer.strategy.js';
import { ProofAddresses } from './guards/proof-addresses.js';
import { AuthRoutes } from './http/routes/auth-routes.js';
import { MAIL_COMPOSERS } from './mail/mail-composer.js';
import { MailStore } from './mail/mail.store.js';
import { OneTimeSecretStore } from './one-time/one-time-secret.store.js';
import { HostPorts } from './ports/port.js';
import { SigningKeys } from './keys/signing-keys.js';
import { CORE_SETTINGS, type CoreSettings } from './options/core-options.js';
import { forgottenSubjects } from './subjects/forgotten-subjects.js';
import { sweepUnless, sweepWhere, type SweepTask } from './sweeper/sweeper.js';
import { AccessTokenReader } from './tokens/access-token.reader.js';
import { FORGET_SUCCESSORS } from './tokens/refresh.statements.js';
import { TokenStore } from './tokens/token.store.js';

/** Providers of the extensions. The kernel's own extension is added first, so that its token readers are asked first. */
export const extensionProviders: Provider[] = [
  {
    provide: Extensions,
    useFactory: (
      ports: HostPorts,
      store: TokenStore,
      cache: CredentialCache,
      keys: SigningKeys,
      mails: MailStore,
      secrets: OneTimeSecretStore,
      proofs: DpopProofs,
      shared: SharedReplays,
      routes: AuthRoutes,
      { issuer, issuerUrl, dpop, resources }: CoreSettings,
    ) => {
      const extensions = new Extensions(ports);
      const addresses = new ProofAddresses(routes, dpop.origins);
      const replays = dpop.resourceReplay === 'memory' ? new LocalReplays() : shared;
      const constraint = { proofs, replays, addressesOf: (request: IncomingMessage) => addresses.of(request) };
      extensions.add({
        name: 'kernel',
        authenticators: [new BearerAuthenticator(extensions, issuer, issuerUrl.host, constraint, resources)],
        bearerReaders: [new AccessTokenReader(store, cache)],
        sweeps: kernelSweeps(keys),
        onSubjectEnd: async (tx, subjectId) => {
          await mails.forget(tx, subjectId);
          await secrets.forget(tx, subjectId);
        },
      });
      return extensions;
    },
    inject: [
      HostPorts,
      TokenStore,
      CredentialCache,
      SigningKeys,
      MailStore,
      OneTimeSecretStore,
      DpopProofs,
      SharedReplays,
      AuthRoutes,
      CORE_SETTINGS,
    ],
  },
  {
    provide: SenderProofs,
    // Clients find these endpoints at the issuer alone.
    useFactory: (proofs: DpopProofs, replays: SharedReplays, routes: AuthRoutes) =>
      new SenderProofs(proofs, replays, new ProofAddresses(routes, [])),
    inject: [DpopProofs, SharedReplays, AuthRoutes],
  },
  SessionProofs,
  { provide: MAIL_COMPOSERS, useFactory: (extensions: Extensions) => () => extensions.mails, inject: [Extensions] },
  {
    provide: BearerAuthenticator,
    useFactory: ({ authenticators }: Extensions) => authenticators.find((one) => one instanceof BearerAuthenticator),
    inject: [Extensions],
  },
  {
    provide: BearerStrategy,
    useFactory: (bearer: BearerAuthenticator) => bearer.strategy,
    inject: [BearerAuthenticator],
  },
];

function kernelSweeps(keys: SigningKeys): SweepTask[] {
  return [
    // Refresh tokens expire with their family, so a replay can be detected until then (RFC 9700 4.14.2).
    sweepWhere(
      'auth_token',
      'id',
      `expires_at < now() - interval '1 hour' AND (kind = 'access' OR expires_at < now() - interval '1 day')`,
      'expires_at',
    ),
    // Only families without tokens: a cascade through many tokens would turn one batch into a long transaction.
    sweepUnless('auth_token_family', 'EXISTS (SELECT FROM auth_token x WHERE x.family_id = t.id)'),
    { name: 'successors of refresh tokens', statement: FORGET_SUCCESSORS },
    forgottenSubjects(keys),
    // Given up: they stay two days, for operators who ask why.
    sweepWhere('auth_mail', 'id', `next_attempt_at IS NULL AND created_at < now() - interval '2 days'`, 'created_at'),
    // Kept for a day, so that who opens a link too late is told so.
    sweepWhere('auth_one_time_secret', 'id', `expires_at < now() - interval '1 day'`, 'expires_at'),
    sweepWhere('auth_spent_jwt', 'hash', `expires_at < now() - interval '1 minute'`, 'expires_at'),
    sweepWhere(
      'auth_rate_limit',
      'key',
      `expire < (extract(epoch FROM now() - interval '1 hour') * 1000)::bigint`,
      'expire',
    ),
  ];
}
