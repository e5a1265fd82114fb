import type { Provider } from '@nestjs/common';
import { AccessTokenSubjects } from './access-token.subjects.js';
import { IdTokenSubjects } from './id-token.subjects.js';
import { RefreshTokenSubjects } from './refresh-token.subjects.js';

/** What can be exchanged of what this server gives to clients (RFC 8693). */
export const subjectTokenProviders: Provider[] = [AccessTokenSubjects, IdTokenSubjects, RefreshTokenSubjects];
