import type { Provider } from '@nestjs/common';
import { SubjectIdentifiers } from './subject-identifiers.js';
import { UserClaims } from './user-claims.js';
import { CustomClaims } from './custom-claims.js';

/** What is said of a user, and by which identifier. */
export const claimsProviders: Provider[] = [SubjectIdentifiers, UserClaims, CustomClaims];
