export { JwtBearerModule } from './jwt-bearer.module.js';
export type { JwtBearerOptions } from './jwt-bearer.options.js';
