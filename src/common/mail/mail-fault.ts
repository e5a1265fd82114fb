import type { MailMessage } from './mail.js';

const MAX_LENGTH = 200;
/** As long as the tokens of links. */
const TOKEN = /[A-Za-z0-9]{43,}/g;

/** Why a message was not sent, in one line for log and table, without what is secret in it. @param message null: there was none yet */
export function faultOf(error: unknown, message: MailMessage | null): string {
  const secrets = Object.entries(message?.content ?? {}).flatMap(([name, value]) => {
    return typeof value === 'string' && (name === 'code' || value.startsWith('http')) ? [value] : [];
  });
  // Providers quote what they were sent, with lines broken as in mail.
  const reason = secrets.reduce((text, one) => text.replaceAll(one, '…'), wordsOf(error).replaceAll(/=\r?\n/g, ''));
  return reason
    .replaceAll(TOKEN, '…')
    .replaceAll(/\p{Cc}+/gu, ' ')
    .slice(0, MAX_LENGTH);
}

/** Hosts may throw anything. */
function wordsOf(error: unknown): string {
  try {
    const { message } = error as { message?: unknown };
    return typeof message === 'string' ? message : String(error);
  } catch {
    return 'no reason given';
  }
}
