import { AuthError } from '../common/errors/auth-error.js';

/**
 * The tools that a request calls (JSON-RPC, method `tools/call`). Every message of a batch counts: protocol 2025-03-26 has batches, and servers
 * still take them.
 * @param body as the parser of the host has read it. What it has not read the SDK would read from the connection, past this check.
 * @throws AuthError 400 for a body that is not a JSON-RPC message, or a batch of them
 */
export function calledTools(body: unknown): readonly string[] {
  const messages = Array.isArray(body) ? (body as readonly unknown[]) : [body];
  return messages.flatMap((message) => {
    if (!isMessage(message))
      throw AuthError.invalidRequest(
        'The body is not a JSON-RPC message in application/json',
        'the body of an MCP request was not parsed, or is no message; the parser for JSON of the host must be on',
      );
    const name = message.method === 'tools/call' ? message.params?.name : undefined;
    return typeof name === 'string' ? [name] : [];
  });
}

interface Message {
  readonly jsonrpc: unknown;
  readonly method?: unknown;
  readonly params?: { readonly name?: unknown } | null;
}

function isMessage(candidate: unknown): candidate is Message {
  return typeof candidate === 'object' && candidate !== null && Object.hasOwn(candidate, 'jsonrpc');
}
