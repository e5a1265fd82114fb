import type { CodePurpose } from '../../common/one-time/one-time-secrets.js';

/** What a code by mail is for, as better-auth calls it. */
export const CODE_TYPES = ['sign-in', 'email-verification', 'forget-password', 'change-email'] as const;
export type CodeType = (typeof CODE_TYPES)[number];
export type CodeMailKind = `${CodeType}-code`;

/** Right guesses count too, since checking a code spends none; wrong ones are bounded for each address as well. */
const MAX_ATTEMPTS = 10;

export function codePurpose(
  type: CodeType,
  { lifetimeSeconds }: { readonly lifetimeSeconds: number },
): CodePurpose & { readonly name: CodeMailKind } {
  return { name: `${type}-code`, lifetimeSeconds, maxAttempts: MAX_ATTEMPTS };
}

/** Whose a code is: an address; of a new address, together with the user who wants it. */
export function codeSubject(email: string, userId: string | null): string {
  return userId === null ? email : `${userId} ${email}`;
}
