import { AuthError } from '../../index.js';

/** What went wrong, for operators, who may see the private part of an error. */
export function sentenceOf(error: unknown): string {
  if (error instanceof AuthError) return [error.description, error.detail].filter(Boolean).join(': ');
  // Of several addresses that were tried, Node puts the reasons into an error without a message.
  if (error instanceof AggregateError) return [...new Set(error.errors.map(sentenceOf))].join('; ');
  return error instanceof Error ? error.message || error.name : String(error);
}
