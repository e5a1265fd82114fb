import './environment.js';
import { issuer, serviceUrl } from './addresses.js';
import { startIssuer } from './issuer.js';
import { startService } from './service.js';

startService();
await startIssuer();
console.log(`Tokens of ${issuer} for ${serviceUrl}`);
