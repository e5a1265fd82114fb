import { createHash, generateKeyPairSync, randomUUID, sign, type KeyObject } from 'node:crypto';
import type { Connection } from '../connection.js';
import { CONNECTIONS, type Iteration, type Load } from '../load.js';
import { encode, headerOf, unexpected, type Call } from '../message.js';
import { BASIC, RESOURCE, SCOPE } from '../oauth-client.js';
import type { Reply } from '../connection.js';
import { refreshChains } from './oauth-endpoints.js';
import type { Workload } from './workload.js';

const TOKEN = '/api/auth/oauth2/token';
const OWN_TOKEN = { grant_type: 'client_credentials', scope: SCOPE };
/** The issuer of the server under load: what proofs are for is under it. */
const ORIGIN = 'http://localhost';
/** For each connection, as in W2. */
const TOKENS = 16;

/** What proofs of a key cost (RFC 9449): beside W2, W4, W5 and W8, which are the same without them. */
export const BOUND_TOKENS: readonly Workload[] = [
  {
    id: 'W0verify',
    title: 'no guard, and one verification of ES256: what a proof costs at least',
    isAnsweredByNestAlone: true,
    prepare: async () => each(() => (connection) => expectGood(connection, { path: '/verify' })),
  },
  {
    id: 'W2dpop',
    title: 'opaque access token that is bound to a key, 256 tokens in turn, a new proof each time',
    async prepare(host) {
      const holders = Array.from({ length: CONNECTIONS }, () => new Holder());
      const waiting = [...holders];
      const tokens = await host.perUser(1, async (connection) => {
        const holder = waiting.pop()!;
        const own: string[] = [];
        while (own.length < TOKENS) own.push(await holder.redeem(connection, OWN_TOKEN).then(accessTokenOf));
        return { holder, own };
      });
      return each((index) => {
        const { holder, own } = tokens[index]!;
        let next = 0;
        return (connection) => holder.visit(connection, own[next++ % own.length]!);
      }, CONNECTIONS * TOKENS);
    },
  },
  {
    id: 'W4dpop',
    title: 'client credentials, opaque token, with a proof',
    prepare: async () => each(redeemer(OWN_TOKEN)),
  },
  {
    id: 'W5dpop',
    title: 'client credentials, JWT (ES256), with a proof',
    prepare: async () => each(redeemer({ ...OWN_TOKEN, resource: RESOURCE })),
  },
  {
    id: 'W8dpop',
    title: 'refresh, each time with the newest token and a new proof',
    async prepare(host) {
      const chains = await refreshChains(host);
      return each((index) => {
        const holder = new Holder();
        let token = chains[index]!;
        return async (connection) => {
          const reply = await holder.redeem(connection, { grant_type: 'refresh_token', refresh_token: token });
          token = (JSON.parse(reply.text) as { refresh_token: string }).refresh_token;
        };
      });
    },
  },
];

function each(make: (index: number) => Iteration, atLeast = 256): Load {
  return { iterations: Array.from({ length: CONNECTIONS }, (_, index) => make(index)), atLeast };
}

function redeemer(form: Readonly<Record<string, string>>) {
  return (): Iteration => {
    const holder = new Holder();
    return async (connection) => void (await holder.redeem(connection, form));
  };
}

/** A client with a key, which makes a new proof for each request, as clients do. */
class Holder {
  private readonly key: KeyObject;
  private readonly header: string;
  private nonce: string | undefined;

  constructor() {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.key = privateKey;
    this.header = encoded({ typ: 'dpop+jwt', alg: 'ES256', jwk: publicKey.export({ format: 'jwk' }) });
  }

  redeem(connection: Connection, form: Readonly<Record<string, string>>): Promise<Reply> {
    return this.ask(connection, { path: TOKEN, headers: BASIC, form }, 'POST');
  }

  async visit(connection: Connection, token: string): Promise<void> {
    await this.ask(connection, { path: '/bearer', headers: { authorization: `DPoP ${token}` } }, 'GET', token);
  }

  /** A server that wants nonces says so once a minute; the answer to that is not counted as a reply. */
  private async ask(connection: Connection, call: Call, method: string, token?: string): Promise<Reply> {
    for (let attempt = 0; ; attempt++) {
      const headers = { ...call.headers, dpop: this.proof(method, call.path, token) };
      const reply = await connection.send(encode({ ...call, headers }));
      this.nonce = headerOf(reply, 'dpop-nonce')[0] ?? this.nonce;
      if (reply.status === 200) return reply;
      if (attempt > 0 || !reply.text.includes('use_dpop_nonce')) throw unexpected(reply);
    }
  }

  private proof(htm: string, path: string, token: string | undefined): string {
    const claims = {
      jti: randomUUID(),
      htm,
      htu: ORIGIN + path,
      iat: Math.floor(Date.now() / 1000),
      ...(token !== undefined && { ath: createHash('sha256').update(token).digest('base64url') }),
      ...(this.nonce !== undefined && { nonce: this.nonce }),
    };
    const input = `${this.header}.${encoded(claims)}`;
    const signature = sign('sha256', Buffer.from(input), { key: this.key, dsaEncoding: 'ieee-p1363' });
    return `${input}.${signature.toString('base64url')}`;
  }
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function accessTokenOf({ text }: Reply): string {
  return (JSON.parse(text) as { access_token: string }).access_token;
}

async function expectGood(connection: Connection, call: Call): Promise<void> {
  const reply = await connection.send(encode(call));
  if (reply.status !== 200) throw unexpected(reply);
}
