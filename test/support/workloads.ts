import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK, type JWTPayload } from 'jose';
import { randomUUID } from 'node:crypto';
import type { WorkloadIssuerOptions } from '../../src/index.js';

/** A platform as servers see it: its issuer, its public key, and the tokens that it writes for its workloads. */
export class Platform {
  private constructor(
    readonly issuer: string,
    private readonly key: CryptoKey,
    private readonly header: Record<string, unknown> & { alg: string },
    readonly jwk: JWK,
    private readonly claims: JWTPayload,
  ) {}

  static async create(
    issuer: string,
    header: Record<string, unknown> & { alg: string },
    claims: JWTPayload,
  ): Promise<Platform> {
    const { publicKey, privateKey } = await generateKeyPair(header.alg, { extractable: true });
    const kid = randomUUID();
    const jwk = { ...(await exportJWK(publicKey)), kid, alg: header.alg, use: 'sig' };
    return new Platform(issuer, privateKey, { kid, ...header }, jwk, claims);
  }

  /** As the server is told of it. */
  options(more: Partial<WorkloadIssuerOptions> = {}): WorkloadIssuerOptions {
    return { issuer: this.issuer, jwks: { keys: [{ ...this.jwk }] }, ...more };
  }

  /** A token of its usual workload; undefined removes a claim. */
  token(claims: Record<string, unknown> = {}, header: Record<string, unknown> = {}, key = this.key): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    const good = { ...this.claims, iss: this.issuer, iat: now, nbf: now, exp: now + 3_600, jti: randomUUID() };
    return new SignJWT({ ...good, ...claims }).setProtectedHeader({ ...this.header, ...header }).sign(key);
  }
}

export const GITHUB_SUBJECT = 'repo:acme/app:ref:refs/heads/main';
export const KUBERNETES_SUBJECT = 'system:serviceaccount:prod:billing';
export const AWS_SUBJECT = 'arn:aws:iam::123456789012:role/Billing';
export const GCP_SUBJECT = '112233445566778899001';

/** A token that GitHub Actions gives to a job. */
export const githubActions = (aud: unknown): Promise<Platform> =>
  Platform.create('https://token.actions.githubusercontent.com', { alg: 'RS256', typ: 'JWT', x5t: 'eBQ' }, {
    sub: GITHUB_SUBJECT,
    aud,
    ref: 'refs/heads/main',
    ref_type: 'branch',
    ref_protected: 'true',
    sha: 'f417caba924ffd8303b563841f336eab8f8c037e',
    repository: 'acme/app',
    repository_id: '4711',
    repository_owner: 'acme',
    repository_owner_id: '815',
    repository_visibility: 'private',
    run_id: '42',
    run_attempt: '1',
    actor: 'octocat',
    actor_id: '1',
    event_name: 'push',
    workflow: 'deploy',
    workflow_ref: 'acme/app/.github/workflows/deploy.yml@refs/heads/main',
    job_workflow_ref: 'acme/app/.github/workflows/deploy.yml@refs/heads/main',
    runner_environment: 'github-hosted',
  } as JWTPayload);

/** The projected token of a service account; `aud` is always a list there, and there is no `typ`. */
export const kubernetes = (aud: string, issuer = 'https://kubernetes.default.svc.cluster.local'): Promise<Platform> =>
  Platform.create(
    issuer,
    { alg: 'RS256' },
    {
      sub: KUBERNETES_SUBJECT,
      aud: [aud],
      'kubernetes.io': {
        namespace: 'prod',
        node: { name: 'node-1', uid: '1f3c' },
        pod: { name: 'billing-7d9f', uid: '9a2b' },
        serviceaccount: { name: 'billing', uid: 'b9e1' },
        warnafter: 1,
      },
    },
  );

/** An identity token of the metadata server of Google Cloud. */
export const googleCloud = (aud: string): Promise<Platform> =>
  Platform.create('https://accounts.google.com', { alg: 'RS256', typ: 'JWT' }, {
    sub: GCP_SUBJECT,
    aud,
    azp: GCP_SUBJECT,
    email: 'billing@acme.iam.gserviceaccount.com',
    email_verified: true,
    google: { compute_engine: { project_id: 'acme', zone: 'europe-west3-a', instance_name: 'vm-1' } },
  } as JWTPayload);

/** A web identity token that a role of AWS gets for itself. */
export const amazon = (aud: string): Promise<Platform> =>
  Platform.create('https://a1b2c3.tokens.sts.global.api.aws', { alg: 'ES384', typ: 'JWT' }, {
    sub: AWS_SUBJECT,
    aud,
    'https://sts.amazonaws.com/': { aws_account: '123456789012', source_region: 'eu-central-1', org_id: 'o-abc' },
  } as JWTPayload);
