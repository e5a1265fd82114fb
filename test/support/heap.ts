import { randomUUID } from 'node:crypto';
import { Session } from 'node:inspector';

/** Marks the context of this file. Jest runs each file in one of its own, with an `Object` and a `Map` of its own; those of before linger. */
const MARK = 'contextOfThisFile';

/**
 * Asks all live objects of a kind, after a full collection.
 * @param prototype whose objects, e.g. `Map.prototype`
 * @param ask source of a function that gets the objects as `this` and returns what JSON can say
 */
export function askHeap<Answer>(prototype: string, ask: string): Answer {
  const session = new Session();
  session.connect();
  const contexts: number[] = [];
  session.on('Runtime.executionContextCreated', ({ params }) => contexts.push(params.context.id));
  call(session, 'Runtime.enable');
  const id = randomUUID();
  Object.assign(globalThis, { [MARK]: id });
  try {
    const own = contexts.find((contextId) => hasMark(session, contextId, id));
    if (own === undefined) throw new Error('The context of this file was not found.');
    return askContext<Answer>(session, own, prototype, ask);
  } finally {
    session.disconnect();
  }
}

/** A context that is on its way out answers with an error or not at all. */
function hasMark(session: Session, contextId: number, id: string): boolean {
  let found: unknown;
  session.post('Runtime.evaluate', { expression: `globalThis.${MARK}`, contextId }, (_error, answer?: object) => {
    found = (answer as { result?: { value?: unknown } } | undefined)?.result?.value;
  });
  return found === id;
}

function askContext<Answer>(session: Session, contextId: number, expression: string, ask: string): Answer {
  const prototype = call(session, 'Runtime.evaluate', { expression, contextId })['result'] as { objectId: string };
  const found = call(session, 'Runtime.queryObjects', { prototypeObjectId: prototype.objectId })['objects'];
  const { objectId } = found as { objectId: string };
  const asked = call(session, 'Runtime.callFunctionOn', { objectId, functionDeclaration: ask, returnByValue: true });
  call(session, 'Runtime.releaseObject', { objectId });
  return (asked['result'] as { value: Answer }).value;
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
