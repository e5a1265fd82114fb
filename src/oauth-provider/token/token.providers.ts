import type { Provider } from '@nestjs/common';
import { TokenHolders } from './token-holders.js';
import { AccessTokenMinter } from './access-token.minter.js';
import { ClientTokens } from './client-tokens.js';
import { JwtAccessTokens } from './jwt-access-tokens.js';
import { AuthorizationCodeGrant } from './authorization-code.grant.js';
import { RefreshTokenGrant } from './refresh-token.grant.js';
import { OAuthServer } from './oauth-server.js';

/** The grants for users, and what makes the tokens of clients. */
export const tokenProviders: Provider[] = [
  TokenHolders,
  AccessTokenMinter,
  ClientTokens,
  JwtAccessTokens,
  AuthorizationCodeGrant,
  RefreshTokenGrant,
  OAuthServer,
];
