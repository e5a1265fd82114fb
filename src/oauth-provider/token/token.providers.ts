import type { Provider } from '@nestjs/common';
import { IntrospectionService } from '../introspection/introspection.service.js';
import { RevocationService } from '../revocation/revocation.service.js';
import { ClientSessionView } from '../userinfo/client-session.view.js';
import { UserClaims } from '../userinfo/user-claims.js';
import { Userinfo } from '../userinfo/userinfo.js';
import { AuthorizationCodeGrant } from './authorization-code.grant.js';
import { ClientTokens } from './client-tokens.js';
import { CustomClaims } from './custom-claims.js';
import { IdTokenHints } from './id-token-hints.js';
import { IdTokens } from './id-tokens.js';
import { RefreshTokenGrant } from './refresh-token.grant.js';
import { SubjectIdentifiers } from './subject-identifiers.js';
import { TokenHolders } from './token-holders.js';

/** Tokens of clients: made, told about, and taken back. */
export const tokenProviders: Provider[] = [
  SubjectIdentifiers,
  UserClaims,
  ClientSessionView,
  CustomClaims,
  IdTokens,
  IdTokenHints,
  TokenHolders,
  ClientTokens,
  AuthorizationCodeGrant,
  RefreshTokenGrant,
  IntrospectionService,
  RevocationService,
  Userinfo,
];
