import { AuthError } from '../errors/auth-error.js';

const REMEDIES: Readonly<Record<string, string>> = {
  graphql:
    'The request of the caller is not in the context of this operation, so no credential can be read: the context function of GraphQLModule ' +
    'has to hand on what it is given, as req or, of a socket, as extra and connectionParams',
  rpc:
    'This message came without header fields, so no credential can be read: send it in the metadata of the packet, or name the member of the ' +
    'message that holds it by the option transports.rpc.credentialField',
};

/** A guarded handler was called where no credential can be. */
export function unsupportedContext(type: string): AuthError {
  return new AuthError({
    status: 501,
    code: 'CONTEXT_NOT_SUPPORTED',
    error: 'server_error',
    description:
      REMEDIES[type] ?? `A guarded handler was called in a context (${type}) where no credential can be read`,
  });
}
