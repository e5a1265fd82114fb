/** API documents for hosts that have `@nestjs/swagger`. Nothing else in this package imports it. */
export { createAuthDocument, setupAuthSwagger } from './auth-document.js';
