import { Controller, Get } from '@nestjs/common';
import { ApiKeyAuth, BearerAuth, CurrentPrincipal, type AuthPrincipal } from '../../src/index.js';
import { TEST_ISSUER, type TestApp } from './app.js';
import { authorizeQuery, pkce, WEB } from './oauth.js';
import type { DpopKey, ProofTerms } from './dpop.js';
import { rawHeader, rawRequest, sendRaw } from './raw.js';

/** Routes of a host that take tokens. */
@Controller('host')
export class ReportsController {
  @Get('reports')
  @BearerAuth()
  reports(@CurrentPrincipal() { confirmation }: AuthPrincipal) {
    return { confirmation };
  }

  @Get('sealed')
  @BearerAuth({ dpop: 'required' })
  sealed(@CurrentPrincipal() { confirmation }: AuthPrincipal) {
    return { confirmation };
  }

  @Get('keys')
  @ApiKeyAuth()
  keys() {
    return { passed: true };
  }
}

export const addressOf = (path: string) => TEST_ISSUER + path;
export const TOKEN_PATH = '/api/auth/oauth2/token';
export const PAR_PATH = '/api/auth/oauth2/par';
export const USERINFO_PATH = '/api/auth/oauth2/userinfo';
export const REPORTS_PATH = '/host/reports';

/** An endpoint that reads proofs, with a request that is right but for them. */
export interface Door {
  readonly name: string;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** The access token that goes with the proof. */
  readonly token?: string;
  readonly form?: Readonly<Record<string, string>>;
  readonly lines?: readonly string[];
}

export const termsOf = ({ method, path, token }: Door): ProofTerms => ({
  method,
  url: addressOf(path),
  ...(token !== undefined && { token }),
});

export interface DoorAnswer {
  readonly status: number;
  readonly body: any;
  readonly challenges: readonly string[];
  readonly nonces: readonly string[];
}

/** @param proofs the values of as many headers, as they are */
export async function knock(
  host: Pick<TestApp, 'url'>,
  { method, path, token, form, lines = [] }: Door,
  proofs: readonly (string | Buffer)[],
  headerName = 'DPoP',
): Promise<DoorAnswer> {
  const headers = [
    ...lines,
    ...(token === undefined ? [] : [`Authorization: DPoP ${token}`]),
    ...(form ? ['Content-Type: application/x-www-form-urlencoded'] : []),
    ...proofs.map((one) => `${headerName}: ${one.toString('latin1' as never)}`),
  ];
  const body = form ? new URLSearchParams(form).toString() : '';
  const answer = await sendRaw(host.url, rawRequest(method, path, headers, body));
  return {
    status: answer.status,
    body: jsonOf(answer.body),
    challenges: rawHeader(answer, 'www-authenticate'),
    nonces: rawHeader(answer, 'dpop-nonce'),
  };
}

/** Also of an answer in chunks. */
function jsonOf(text: string): any {
  const [start, end] = [text.indexOf('{'), text.lastIndexOf('}')];
  return start < 0 ? null : JSON.parse(text.slice(start, end + 1));
}

export const parForm = () =>
  Object.fromEntries(new URLSearchParams(authorizeQuery(WEB, { code_challenge: pkce().challenge })));

export const outcome = ({ status, body }: Pick<DoorAnswer, 'status' | 'body'>) =>
  `${status} ${body?.error ?? ''}`.trim();

export const goodProof = (key: DpopKey, door: Door, more: Partial<ProofTerms> = {}) =>
  key.proof({ ...termsOf(door), ...more });
