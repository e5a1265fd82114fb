export { JwtBearerModule } from './jwt-bearer.module.js';
export type { AssertionGrant, AuthorizeAssertion, JwtBearerOptions } from './jwt-bearer.options.js';
export type { AssertionIssuerOptions, SubjectOf, SubjectWay } from './issuers/assertion-issuer.options.js';
