import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWTPayload } from 'jose';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An issuer that serves the documents of a vendor at the vendor's paths, with a key of the test. */
export class VendorIssuer {
  requests: string[] = [];
  /** By path. */
  documents: Record<string, object> = {};
  url = '';
  jwk: Record<string, unknown> = {};
  private privateKey!: CryptoKey;
  private readonly server: Server = createServer((request, response) => {
    const path = request.url!;
    this.requests.push(path);
    const document = this.documents[path];
    response
      .writeHead(document ? 200 : 404, { 'content-type': 'application/json' })
      .end(JSON.stringify(document ?? {}));
  });

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    const pair = await generateKeyPair('RS256', { extractable: true });
    this.privateKey = pair.privateKey;
    this.jwk = { ...(await exportJWK(pair.publicKey)), kid: 'vendor-key', alg: 'RS256', use: 'sig' };
    return this;
  }

  /** Signs exactly these claims, with times added: vendors differ in the rest of the header. */
  sign(claims: JWTPayload, header: object = { typ: 'JWT' }): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    return new SignJWT({ iat: now, exp: now + 300, ...claims })
      .setProtectedHeader({ alg: 'RS256', kid: 'vendor-key', ...header })
      .sign(this.privateKey);
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }
}
