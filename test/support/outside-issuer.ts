import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWTPayload } from 'jose';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An issuer written for tests: a discovery document and a key set that can be wrong in every way. */
export class OutsideIssuer {
  requests: string[] = [];
  keys: object[] = [];
  answer: ((path: string) => { status?: number; body: string; headers?: Record<string, string> }) | undefined;
  /** Answers wait for it. */
  wait: Promise<unknown> = Promise.resolve();
  url = '';
  private privateKey!: CryptoKey;
  private readonly server: Server = createServer((request, response) => {
    const path = request.url!;
    this.requests.push(path);
    const { status = 200, body, headers } = this.answer?.(path) ?? { body: JSON.stringify(this.document(path)) };
    void this.wait.then(() => response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body));
  });

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    await this.rotate('one');
    return this;
  }

  async rotate(kid: string): Promise<void> {
    const pair = await generateKeyPair('RS256', { extractable: true });
    this.privateKey = pair.privateKey;
    this.keys = [{ ...(await exportJWK(pair.publicKey)), kid, alg: 'RS256', use: 'sig' }];
  }

  token(claims: JWTPayload = {}, header: object = {}): Promise<string> {
    return new SignJWT({ scope: 'read:data', dept: 'sales', ...claims })
      .setProtectedHeader({ alg: 'RS256', kid: (this.keys[0] as { kid: string }).kid, typ: 'at+jwt', ...header })
      .setIssuer(claims.iss ?? this.url)
      .setSubject(claims.sub ?? 'their-user')
      .setAudience(claims.aud ?? 'api://ours')
      .setIssuedAt()
      .setExpirationTime(claims.exp ?? '5m')
      .sign(this.privateKey, { crit: { exp2: true } });
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  private document(path: string): object {
    return path.endsWith('/keys') ? { keys: this.keys } : { issuer: this.url, jwks_uri: `${this.url}/keys` };
  }
}
