import type { ExternalProfile, ProviderClaims } from './provider.options.js';

const MAX_NAME_LENGTH = 255;
const MAX_IMAGE_LENGTH = 2_048;

/** OIDC Core 5.1. `id` is read where there is no `sub`: plain OAuth 2 providers use that name. */
export function standardProfile(claims: ProviderClaims): ExternalProfile {
  return {
    subject: idOf(claims['sub'] ?? claims['id']),
    email: textOf(claims['email']),
    // Apple sends a text where OIDC asks for a boolean.
    emailVerified: claims['email_verified'] === true || claims['email_verified'] === 'true',
    name: nameOf(claims['name'], [claims['given_name'], claims['family_name']].filter(Boolean).join(' ')),
    image: imageOf(claims['picture']),
  };
}

/**
 * Entra ID: a person is `oid` within `tid`; `sub` differs from one client to the next, and `email` is what a tenant's administrator
 * wrote there, so it counts as verified only where Microsoft says that the tenant owns its domain (`xms_edov`).
 */
export function microsoftProfile(claims: ProviderClaims): ExternalProfile {
  const [tenant, object] = [idOf(claims['tid']), idOf(claims['oid'])];
  const verified = claims['xms_edov'];
  return {
    ...standardProfile(claims),
    subject: tenant === '' || object === '' ? '' : `${tenant}.${object}`,
    emailVerified: verified === true || verified === 1 || verified === '1' || verified === 'true',
  };
}

/** The address comes from the list of addresses, which says which are verified. */
export function githubProfile(claims: ProviderClaims): ExternalProfile {
  const list = Array.isArray(claims['emails']) ? (claims['emails'] as unknown[]) : [];
  const entries = list.filter((entry): entry is Record<string, unknown> => typeof entry === 'object' && entry !== null);
  const primary = entries.find((entry) => entry['primary'] === true);
  return {
    subject: idOf(claims['id']),
    email: textOf(primary?.['email'] ?? claims['email']),
    emailVerified: primary?.['verified'] === true,
    name: nameOf(claims['name'], claims['login']),
    image: imageOf(claims['avatar_url']),
  };
}

export function discordProfile(claims: ProviderClaims): ExternalProfile {
  const [id, avatar] = [idOf(claims['id']), textOf(claims['avatar'])];
  return {
    subject: id,
    email: textOf(claims['email']),
    emailVerified: claims['verified'] === true,
    name: nameOf(claims['global_name'], claims['username']),
    image: avatar === null ? null : imageOf(`https://cdn.discordapp.com/avatars/${id}/${avatar}.png`),
  };
}

/** Makes a profile match its type, whatever a host's `mapProfile` returned: nothing guarantees the types of claims. */
export function tidied(profile: { readonly [Member in keyof ExternalProfile]: unknown }): ExternalProfile {
  return {
    subject: idOf(profile.subject),
    email: textOf(profile.email),
    // The text 'false' would be truthy.
    emailVerified: profile.emailVerified === true,
    name: nameOf(profile.name),
    image: imageOf(profile.image),
  };
}

/** Ids are texts, or whole numbers at older APIs; anything else is not an id. */
function idOf(value: unknown): string {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : '';
  return typeof value === 'string' && value.length <= 255 && isStorable(value) ? value.trim() : '';
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' && isStorable(value) ? value.trim() : null;
}

function nameOf(...candidates: unknown[]): string | null {
  const found = candidates.map(textOf).find((name) => name !== null);
  return found?.slice(0, MAX_NAME_LENGTH).toWellFormed() ?? null;
}

function imageOf(value: unknown): string | null {
  const text = textOf(value);
  return text !== null && text.length <= MAX_IMAGE_LENGTH && /^https?:\/\/[^\s]+$/i.test(text) ? text : null;
}

/** PostgreSQL stores neither NUL nor lone surrogates (T003). */
function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}
