import { DEFAULT_SIGNING_ALGORITHM, type SigningAlgorithm } from '../../common/keys/signing-algorithm.js';
import type { SettingsOf } from '../../common/options/read-options.js';
import type { APPLICATION_OPTIONS, MakeToken, OnBehalfOfFlow, SubjectTokenType } from './outbound.options.js';
import type { ProviderKind } from './provider.settings.js';

/** How an application acts for the caller of a request. */
export interface OnBehalfOf {
  readonly flow: OnBehalfOfFlow;
  readonly subjectToken: 'incoming' | 'signed' | MakeToken;
  readonly subjectTokenType: SubjectTokenType;
  readonly actorToken: MakeToken | null;
  readonly actorTokenType: SubjectTokenType;
  readonly signingAlgorithm: SigningAlgorithm;
}

type Given = SettingsOf<typeof APPLICATION_OPTIONS>;

/** Parameters of the request that are ours to set, besides those of every token request. */
export const ON_BEHALF_OF_PARAMETERS = [
  'assertion',
  'requested_token_use',
  'subject_token',
  'subject_token_type',
  'actor_token',
  'actor_token_type',
];
const ONLY_ON_BEHALF = [
  'subjectToken',
  'subjectTokenType',
  'actorToken',
  'actorTokenType',
  'signingAlgorithm',
] as const;
const ONLY_IN_EXCHANGE = ['subjectTokenType', 'actorToken', 'actorTokenType'] as const;

/**
 * @returns null: it acts for itself
 * @throws Error with option and remedy; stops the boot
 */
export function resolveOnBehalfOf(option: string, given: Given): OnBehalfOf | null {
  const { onBehalfOf: flow } = given;
  if (flow === null) {
    const idle = ONLY_ON_BEHALF.find((name) => given[name] !== null);
    if (idle === undefined) return null;
    throw new Error(`${option}.${idle}: this is about users that the application acts for. Give onBehalfOf too.`);
  }
  const idle = ONLY_IN_EXCHANGE.find((name) => flow !== 'token-exchange' && given[name] !== null);
  if (idle !== undefined)
    throw new Error(`${option}.${idle}: ${flow} sends none. Leave it out, or use token-exchange.`);
  const subjectToken = given.subjectToken ?? (flow === 'jwt-bearer' ? 'signed' : 'incoming');
  requireFit(option, flow, subjectToken);
  if (given.signingAlgorithm !== null && subjectToken !== 'signed')
    throw new Error(`${option}.signingAlgorithm: nothing is signed. Leave it out, or set subjectToken to 'signed'.`);
  return Object.freeze({
    flow,
    subjectToken,
    subjectTokenType: given.subjectTokenType ?? (subjectToken === 'incoming' ? 'access_token' : 'jwt'),
    actorToken: given.actorToken,
    actorTokenType: given.actorTokenType ?? 'jwt',
    signingAlgorithm: given.signingAlgorithm ?? DEFAULT_SIGNING_ALGORITHM,
  });
}

function requireFit(option: string, flow: OnBehalfOfFlow, subjectToken: OnBehalfOf['subjectToken']): void {
  if (typeof subjectToken === 'string' && subjectToken !== 'incoming' && subjectToken !== 'signed')
    throw new Error(
      `${option}.subjectToken: ${JSON.stringify(subjectToken)} is not offered. Give 'incoming', 'signed' or a function.`,
    );
  // RFC 7523 3: the audience of an assertion is the provider; that of an incoming token is this server.
  if (flow === 'jwt-bearer' && subjectToken === 'incoming')
    throw new Error(
      `${option}.subjectToken: the incoming token is not meant for the provider of a jwt-bearer assertion. Give 'signed' or a function, or use token-exchange.`,
    );
  if (flow === 'on-behalf-of' && subjectToken === 'signed')
    throw new Error(
      `${option}.subjectToken: Microsoft takes tokens of its own only. Give 'incoming' or a function, or use jwt-bearer.`,
    );
}

/** @throws Error where Microsoft offers no such flow; stops the boot */
export function requireFlowOf(kind: ProviderKind, option: string, onBehalfOf: OnBehalfOf | null): void {
  if (kind === 'microsoft' && onBehalfOf !== null && onBehalfOf.flow !== 'on-behalf-of')
    throw new Error(`${option}.onBehalfOf: Microsoft offers 'on-behalf-of', not '${onBehalfOf.flow}'. Give that.`);
}
