import { Logger, type ExecutionContext } from '@nestjs/common';
import { AuthContext } from '../ports/auth-context.js';
import { contextOf, type GuardedRequest } from '../http/request/request-context.js';
import { isObject } from './is-object.js';
import { handedOn, type HandedOn } from './graphql-context.js';
import { requestOfSubscription } from './graphql-subscription.js';
import { knownRequest } from './http-call.js';

/**
 * The request behind a resolver: that of HTTP, or one that we make of the upgrade request of a socket. It is where the driver or the
 * host's `context` function has put it in the value that all resolvers of an operation share.
 */
export function requestOfResolver(context: ExecutionContext): GuardedRequest | null {
  const args = context.getArgs<unknown[]>();
  // `__resolveReference` of a federated type has no arguments of a field.
  const shared = args.length === 3 ? args[1] : args[2];
  if (!isObject(shared)) return null;
  const given = handedOn(shared);
  return requestOfSubscription(shared, given) ?? requestOfOperation(given);
}

const logger = new Logger('AuthGuard');
/** In contexts that are shared: the request of each call. */
const found = new WeakMap<object, GuardedRequest>();
let isTold = false;

/**
 * Where one object serves several requests (an object as `context` of Mercurius), it holds the request of another caller too. The one
 * that we run in counts; where that is not among them nobody is let in.
 */
function requestOfOperation({ requests }: HandedOn): GuardedRequest | null {
  const known = requests.map((one) => knownRequest(one)).filter((one) => one !== null);
  const current = AuthContext.requestContext;
  if (!current) return known[0] ?? null;
  const [own] = known.filter((one) => contextOf(one) === current);
  if (known.every((one) => contextOf(one) === current)) return own ?? null;
  tellOfSharing();
  // The next caller replaces it, maybe before the handler that the guard has opened asks for it.
  if (own) found.set(current, own);
  return found.get(current) ?? null;
}

function tellOfSharing(): void {
  if (!isTold)
    logger.warn(
      'The context of a resolver holds the request of another caller, as if several requests shared one object. Callers whose own request ' +
        'is not in it are refused. Give a function as context of GraphQLModule: context: () => ({ … }).',
    );
  isTold = true;
}
