import { AuthModule, type ClientMetadataDocumentsOptions } from '../../src/index.js';
import { testOptions } from '../support/app.js';
import { bootError } from '../support/boot-error.js';
import { providerOptions } from '../support/oauth.js';

const failure = (clientMetadataDocuments: object) =>
  bootError(() => [
    AuthModule.forRoot(
      testOptions(
        providerOptions({ clientMetadataDocuments: clientMetadataDocuments as ClientMetadataDocumentsOptions }),
      ),
    ),
  ]);

describe('H18 options of clients that publish their metadata', () => {
  it.each<[object, RegExp]>([
    [{ enable: true }, /there is no option "enable"/],
    [{ enabled: 'yes' }, /clientMetadataDocuments.enabled/],
    [{ allowedHosts: [] }, /allowedHosts: it is empty/],
    [{ allowedHosts: ['https://client.example'] }, /allowedHosts: "https:\/\/client.example" is no host/],
    [{ blockedHosts: ['Client.Example'] }, /blockedHosts: "Client.Example" is no host/],
    [{ blockedHosts: ['client.example:8443'] }, /is no host/],
    [{ blockedHosts: ['*'] }, /is no host/],
    [{ minTTL: '2h', maxTTL: '1h' }, /minTTL: it is longer than maxTTL/],
    [{ maxTTL: '8d' }, /maxTTL/],
    [{ gracePeriod: '31d' }, /gracePeriod/],
    [{ onMetadataChange: 'ask' }, /onMetadataChange: "ask" is not offered/],
    [{ maxClients: 0 }, /maxClients: 0 is out of range/],
    [{ limits: { perMinute: 0 } }, /limits.perMinute: 0 is out of range/],
    [{ limits: { perHour: 1 } }, /there is no option "perHour"/],
    [{ allowClient: true }, /allowClient/],
  ])('%j stops the start', async (options, message) => expect(await failure(options)).toMatch(message));
});
