import { BOUND_TOKENS } from './bound-tokens.js';
import { GUARDED_ROUTES } from './guarded-routes.js';
import { OAUTH_ENDPOINTS } from './oauth-endpoints.js';
import type { Workload } from './workload.js';

/** In the order of docs/performance.md. */
export const WORKLOADS: readonly Workload[] = [...GUARDED_ROUTES, ...OAUTH_ENDPOINTS, ...BOUND_TOKENS];
