import { Inject, Injectable } from '@nestjs/common';
import { digestToBytes, sha256 } from '../../common/crypto.js';
import { AuthError } from '../../common/errors/auth-error.js';
import { readForm, type OAuthForm } from '../../common/grants/oauth-form.js';
import type { Caller } from '../../common/ports/caller.js';
import { HostPorts } from '../../common/ports/port.js';
import { AuthRoutes } from '../../common/http/routes/auth-routes.js';
import { addressKey } from '../../common/http/request/client-address.js';
import { RateLimits, type RateLimit } from '../../common/limits/rate-limits.js';
import { parseScope } from '../../common/principal/scopes.js';
import { mintToken } from '../../common/tokens/token-format.js';
import { DeviceAuthorizationStore, type NewDeviceAuthorization } from '../authorizations/device-authorization.store.js';
import { formatUserCode, mintUserCode } from '../authorizations/user-code.js';
import { UserCodeDigests } from '../authorizations/user-code-digests.js';
import { DEVICE_SETTINGS, type DeviceSettings } from '../device.options.js';
import { DeviceClients, type DeviceClient } from './device-clients.js';

/** Prefix of device codes. */
export const DEVICE_CODE_PREFIX = 'nad';
/** User codes to try when one is taken. */
const MAX_ATTEMPTS = 5;
const MAX_SCOPE_LENGTH = 1_024;
/** Getting codes may need no credential, and each is a row. Wide, since many devices may share one address. */
const BY_ADDRESS: RateLimit = { name: 'device-issue-address', max: 60, windowSeconds: 60 };
/** A confidential client has its own limit, and is not refused for what others ask for from its address. */
const BY_CLIENT: RateLimit = { name: 'device-issue-client', max: 600, windowSeconds: 60 };

/** RFC 8628 3.2. */
export interface DeviceAuthorizationResponse {
  readonly device_code: string;
  readonly user_code: string;
  readonly verification_uri: string;
  readonly verification_uri_complete: string;
  /** Seconds. */
  readonly expires_in: number;
  /** Seconds. */
  readonly interval: number;
}

/** Gives codes to devices. Two statements: the rate limit and the insert, which repeats when a user code is taken. */
@Injectable()
export class DeviceIssuerService {
  constructor(
    private readonly clients: DeviceClients,
    private readonly store: DeviceAuthorizationStore,
    private readonly digests: UserCodeDigests,
    private readonly ports: HostPorts,
    private readonly limits: RateLimits,
    private readonly routes: AuthRoutes,
    @Inject(DEVICE_SETTINGS) private readonly settings: DeviceSettings,
  ) {}

  /** @throws AuthError of RFC 6749 5.2, `invalid_target` (RFC 8707 2), 429 after too many from one address */
  async issue({ headers, address, userAgent }: Caller, body: unknown): Promise<DeviceAuthorizationResponse> {
    const form = readForm(body, ['resource']);
    // On better-auth's servers it names the one user who may approve; here no caller may name a user.
    if (form.parameters['user_id'] !== undefined) throw AuthError.invalidRequest('user_id is not taken');
    const client = await this.clients.admit(headers, form);
    const requested = await this.requested(client, form);
    // The last check, so that a refused request costs no statement.
    if (client.registered && !client.registered.isPublic) await this.limits.consume(BY_CLIENT, client.clientId);
    else await this.limits.consume(BY_ADDRESS, addressKey(address));
    const deviceCode = mintToken(DEVICE_CODE_PREFIX);
    const userCode = await this.reserve({
      deviceCodeHash: digestToBytes(sha256(deviceCode)),
      clientId: client.clientId,
      gives: client.registered ? 'tokens' : 'session',
      ...requested,
      ipAddress: address,
      userAgent,
      pollIntervalSeconds: this.settings.intervalSeconds,
      lifetimeSeconds: this.settings.expiresInSeconds,
    });
    return this.responseOf(deviceCode, formatUserCode(userCode, this.settings.userCode));
  }

  private async requested({ registered }: DeviceClient, { parameters, repeated }: OAuthForm) {
    const resources = repeated['resource'] ?? [];
    const { authorization_details: details } = parameters;
    if (registered) {
      const server = this.ports.authorizationServer.get();
      const allowed = server.resourcesFor(registered, resources);
      return {
        scopes: server.scopesFor(registered, parameters['scope'], 'user', allowed),
        resources: allowed,
        authorizationDetails: asJson(await server.authorizationDetailsFor(registered, details)),
      };
    }
    const { scope = '' } = parameters;
    // These scopes are not known beforehand, and they are stored: limit them.
    const scopes = scope.length <= MAX_SCOPE_LENGTH ? parseScope(scope) : null;
    if (!scopes) throw AuthError.oauth('invalid_scope', 'The scope is malformed or too long');
    // A session is for this server only.
    if (resources.length > 0) throw AuthError.oauth('invalid_target', 'There are no resources for this client');
    if (details !== undefined) throw AuthError.oauth('invalid_authorization_details', 'There are none for this client');
    return { scopes, resources: [], authorizationDetails: null };
  }

  /** Stores the row under a free user code. */
  private async reserve(row: Omit<NewDeviceAuthorization, 'userCodeHash'>): Promise<string> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const userCode = mintUserCode(this.settings.userCode);
      if (await this.store.insert({ ...row, userCodeHash: this.digests.of(userCode)[0]! })) return userCode;
    }
    throw AuthError.unavailable(`${MAX_ATTEMPTS} user codes in a row were taken: there are too many live ones`);
  }

  private responseOf(deviceCode: string, userCode: string): DeviceAuthorizationResponse {
    const address = this.routes.rootUrlOf(this.settings.verificationUri);
    const complete = new URL(address);
    complete.searchParams.set('user_code', userCode);
    return {
      device_code: deviceCode,
      user_code: userCode,
      verification_uri: address,
      verification_uri_complete: complete.href,
      expires_in: this.settings.expiresInSeconds,
      interval: this.settings.intervalSeconds,
    };
  }
}

/** As the column takes a list. */
function asJson(details: readonly object[]): string | null {
  return details.length > 0 ? JSON.stringify(details) : null;
}
