/** What the secret of an app is sealed as: it opens for this user only. */
export function totpContext(subject: string): string {
  return `totp:${subject}`;
}

/** What backup codes are digested as: the same code of two users has two digests. */
export function backupCodeContext(subject: string): string {
  return `backup-code:${subject}`;
}
