export { JwtModule } from './jwt.module.js';
export type { CustomClaims, JwtOptions } from './jwt.options.js';
export { JwtService, type SignOptions, type VerifyOptions } from './jwt.service.js';
