import { Session } from 'node:inspector';

/**
 * Asks all live objects of a kind, after a full collection. Jest runs each file in a context of its own, with an `Object` and a `Map` of its
 * own, so every context is asked.
 * @param prototype whose objects, e.g. `Map.prototype`
 * @param ask source of a function that gets the objects as `this` and returns what JSON can say
 * @returns one answer for each context
 */
export function askHeap<Answer>(prototype: string, ask: string): Answer[] {
  const session = new Session();
  session.connect();
  const contexts: number[] = [];
  session.on('Runtime.executionContextCreated', ({ params }) => contexts.push(params.context.id));
  call(session, 'Runtime.enable');
  try {
    return contexts.flatMap((contextId) => askContext<Answer>(session, contextId, prototype, ask));
  } finally {
    session.disconnect();
  }
}

function askContext<Answer>(session: Session, contextId: number, expression: string, ask: string): Answer[] {
  const prototype = call(session, 'Runtime.evaluate', { expression, contextId })['result'] as { objectId?: string };
  if (prototype.objectId === undefined) return [];
  const found = call(session, 'Runtime.queryObjects', { prototypeObjectId: prototype.objectId })['objects'];
  const { objectId } = found as { objectId: string };
  const asked = call(session, 'Runtime.callFunctionOn', { objectId, functionDeclaration: ask, returnByValue: true });
  call(session, 'Runtime.releaseObject', { objectId });
  return [(asked['result'] as { value: Answer }).value];
}

/** The inspector answers calls about its own thread before `post` returns. */
function call(session: Session, method: string, params: object = {}): Record<string, unknown> {
  let answer: object | undefined;
  session.post(method, params, (error, result) => {
    if (error) throw error;
    answer = result ?? {};
  });
  if (!answer) throw new Error(`${method} has not answered.`);
  return answer as Record<string, unknown>;
}
