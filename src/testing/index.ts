/** For tests of hosts. Nothing else in this package imports it. */
export { actingAs } from './acting-as.js';
export { AuthTestingModule } from './auth-testing.module.js';
export { mintSession, mintUser, type MintedSession, type MintFor } from '../accounts/mint.js';
export { mintApiKey } from '../api-keys/mint.js';
export { mintJwt } from '../jwt/mint.js';
export { mockPrincipal, type MockApiKey, type MockCaller } from './mock-principal.js';
export { overrideAuth } from './override-auth.js';
