import type { Provider } from '@nestjs/common';
import { RequestObjectSource } from './request-object.source.js';
import { RequestObjectVerifier } from './request-object.verifier.js';
import { RequestObjects } from './request-objects.js';

/** Authorization requests in signed JWTs (RFC 9101). */
export const requestObjectProviders: Provider[] = [RequestObjectSource, RequestObjectVerifier, RequestObjects];
