import type { Authenticator } from '../common/guards/authenticator.js';
import { BearerAuthenticator } from '../common/guards/bearer.authenticator.js';
import type { ApiKeyRequirement } from '../common/guards/decorators.js';
import type { AuthPrincipal } from '../common/principal/auth-principal.js';
import type { Resources } from '../common/resources/resources.js';
import { grants, lackingPermissions, type Permissions } from '../common/principal/permissions.js';

/** Stands in for the authenticator of one scheme: knows without a credential who calls, and requires of them what the real one does. */
export class ActingAuthenticator implements Authenticator {
  readonly challenge = 'Bearer';
  readonly carrier = 'header';
  private readonly bearer: BearerAuthenticator;

  constructor(
    readonly scheme: string,
    private readonly principal: AuthPrincipal,
    issuer: string,
    resources: Resources,
  ) {
    this.bearer = new BearerAuthenticator({ bearerReaders: [] }, issuer, issuer, undefined, resources);
  }

  present(): undefined {
    return undefined;
  }

  authenticate(): AuthPrincipal {
    return this.principal;
  }

  authorize(principal: AuthPrincipal, requirement: unknown): void {
    if (this.scheme === 'bearer') this.bearer.authorize(principal, requirement);
    const asked = this.scheme === 'apiKey' ? (requirement as ApiKeyRequirement | undefined)?.permissions : undefined;
    if (asked === undefined) return;
    const key = principal.claims['apiKey'] as { readonly permissions: Permissions | null } | undefined;
    if (!grants(key?.permissions ?? null, asked)) throw lackingPermissions();
  }
}
