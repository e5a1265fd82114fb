import type { AuthOptions } from '../../index.js';
import { CommandFailure } from '../command-failure.js';

const MIN_SECRET_LENGTH = 32;

type Environment = Readonly<Record<string, string | undefined>>;

/** Options from the environment alone: every capability, with its defaults. @throws CommandFailure naming the variables that are missing */
export function environmentOptions(env: Environment): AuthOptions {
  const issuer = env['AUTH_ISSUER'];
  const secrets = secretsOf(env['AUTH_SECRET'] ?? '');
  const missing = [...(issuer ? [] : ['AUTH_ISSUER']), ...(secrets.length > 0 ? [] : ['AUTH_SECRET'])];
  if (!issuer || missing.length > 0)
    throw CommandFailure.usage(
      `${missing.join(' and ')} ${missing.length > 1 ? 'are' : 'is'} not set. Set ${missing.length > 1 ? 'them' : 'it'}, or give the module with ` +
        "your server's options: --options ./dist/auth.options.js.",
    );
  return {
    issuer,
    secret: secrets,
    trustProxy: list(env['AUTH_TRUST_PROXY']),
    rateLimits: env['AUTH_RATE_LIMITS'] !== 'off',
    apiKeys: true,
    jwt: true,
    device: true,
    clientCredentials: true,
    oauthProvider: { dynamicRegistration: registrationOf(env['AUTH_DYNAMIC_REGISTRATION']) },
  };
}

function registrationOf(text: string | undefined): 'off' | 'authenticated' | 'open' {
  if (!text) return 'off';
  if (text === 'off' || text === 'authenticated' || text === 'open') return text;
  throw CommandFailure.usage(`AUTH_DYNAMIC_REGISTRATION: ${JSON.stringify(text)} is not off, authenticated or open.`);
}

/** Several, comma-separated; a comma before or behind less than a secret is a character of one. */
function secretsOf(text: string): string[] {
  const several = list(text);
  return text === '' || several.every(({ length }) => length >= MIN_SECRET_LENGTH) ? several : [text];
}

function list(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}
