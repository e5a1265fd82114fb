import type { Provider } from '@nestjs/common';
import { SubjectIdentifiers } from './subject-identifiers.js';
import { UserClaims } from './user-claims.js';
import { CustomClaims } from './custom-claims.js';

/** Claims about users, and the identifiers by which clients know them. */
export const claimsProviders: Provider[] = [SubjectIdentifiers, UserClaims, CustomClaims];
