export { BearerModule } from './bearer.module.js';
export type { BearerOptions } from './bearer.options.js';
export { BearerService, type BearerTokens } from './bearer.service.js';
