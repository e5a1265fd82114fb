/** The public API. A host imports nothing deeper; Swagger helpers are in `nest-authority/swagger`. */
export { AuthModule, type AuthAsyncOptions, type AuthOptionsFactory } from './auth.module.js';
export {
  AUTH_CAPABILITIES,
  type AuthCapability,
  type AuthCapabilityOptions,
  type AuthOptions,
} from './auth.options.js';
export {
  authDataSource,
  authEntities,
  authMigrations,
  type AuthDataSourceOptions,
  type AuthTables,
} from './auth.schema.js';
export * from './account-linking/index.js';
export * from './accounts/index.js';
export * from './api-keys/index.js';
export * from './bearer/index.js';
export * from './client-credentials/index.js';
export * from './common/index.js';
export * from './device/index.js';
export * from './jwt/index.js';
export * from './jwt-bearer/index.js';
export * from './oauth-provider/index.js';
export * from './passkeys/index.js';
export * from './token-exchange/index.js';
export * from './two-factor/index.js';
