import {
  DEMO_ADMINISTRATION,
  operationsOf,
  startDocumentedDemo,
  type ApiDocument,
  type NamedOperation,
} from '../support/api-document.js';
import { DEMO_CREDENTIALS } from '../support/demo.js';
import { send, type Answer } from '../support/http.js';

/** What a form that the schema refuses is told, in either shape. */
const FORM_FAULTS = [
  'VALIDATION_ERROR',
  'BAD_REQUEST',
  'INVALID_REQUEST',
  'UNSUPPORTED_MEDIA_TYPE',
  'SERVER_ONLY_PROPERTY',
];
/** `invalid_request` for another reason than the form. */
const NO_SUCH_THING: Readonly<Record<string, RegExp>> = {
  answerConsent: /request/i,
  continueAuthorization: /request/i,
  approveDevice: /code/i,
  denyDevice: /code/i,
  getUserinfoByForm: /token/i,
};
/** They end the session that the others need, or change the password. */
const LAST = ['revokeOtherSessions', 'changePassword', 'signOut', 'deleteUser'];

describe('F33: every example of a body, sent to the demo as it stands', () => {
  let document: ApiDocument;
  let url: string;
  let close: () => Promise<void>;
  beforeAll(async () => {
    const started = await startDocumentedDemo();
    ({ document, close } = started);
    url = started.demo.url;
  });
  afterAll(() => close());

  it('400 for its form is no answer, and what needs nothing else succeeds', async () => {
    const bodies = operationsOf(document).filter(({ operation }) => operation.requestBody);
    const order = bodies.toSorted(
      (a, b) => LAST.indexOf(a.operation.operationId) - LAST.indexOf(b.operation.operationId),
    );
    const signedIn = await send(`${url}/api/auth/sign-in/email`, { body: DEMO_CREDENTIALS });
    const session = signedIn.body.token as string;
    const bad: string[] = [];
    const good: string[] = [];
    for (const one of order) {
      const { operationId } = one.operation;
      for (const type of Object.keys(one.operation.requestBody!.content)) {
        const answer = await sendExample(url, one, type, session);
        if (isFormFault(operationId, answer)) bad.push(`${operationId} ${type} ${answer.status} ${answer.text}`);
        if (answer.status < 400) good.push(operationId);
        expect([operationId, type, answer.status < 500]).toEqual([operationId, type, true]);
        // The document knows every answer that its examples get.
        expect([operationId, Object.keys(one.operation.responses)]).toEqual([
          operationId,
          expect.arrayContaining([String(answer.status)]),
        ]);
      }
    }
    expect(bad).toEqual([]);
    expect(good).toEqual(
      expect.arrayContaining([
        'signInWithEmail',
        'signUpWithEmail',
        'createApiKey',
        'createJwt',
        'updateUser',
        'createClient',
      ]),
    );
    expect(good).toEqual(
      expect.arrayContaining([
        'exchangeToken',
        'requestDeviceCode',
        'introspectToken',
        'revokeToken',
        'registerClient',
        'authorizeByForm',
      ]),
    );
    expect(good).toEqual(
      expect.arrayContaining([
        'adminCreateApiKey',
        'adminCreateClient',
        'adminCreateInitialAccessToken',
        'adminRotateSigningKeys',
      ]),
    );
  });

  it('the sign-in is that of the demo user', () => {
    const media = document.paths['/api/auth/sign-in/email']!['post']!.requestBody!.content['application/json']!;
    expect(media.example).toEqual(DEMO_CREDENTIALS);
  });
});

async function sendExample(
  url: string,
  { path, method, operation }: NamedOperation,
  type: string,
  session: string,
): Promise<Answer> {
  const { example } = operation.requestBody!.content[type]!;
  const fields = example as Record<string, unknown>;
  const body =
    type === 'application/json'
      ? JSON.stringify(example)
      : new URLSearchParams(Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, String(value)])));
  const target = url + path.replaceAll(/\{[^}]+\}/g, 'demo-app');
  const bearer = bearerFor(operation.security ?? [], session);
  return send(target, {
    method: method.toUpperCase(),
    headers: { 'content-type': type, accept: 'application/json' },
    body,
    ...(bearer !== null && { bearer }),
  });
}

/** As the document says: an administrator's token, that of the session, or none. */
function bearerFor(security: NonNullable<NamedOperation['operation']['security']>, session: string): string | null {
  const takes = (scheme: string) => security.some((one) => scheme in one);
  if (takes('administration')) return DEMO_ADMINISTRATION;
  return takes('bearer') ? session : null;
}

function isFormFault(operationId: string, { status, body, text }: Answer): boolean {
  if (status === 415) return true;
  if (status !== 400) return false;
  if (NO_SUCH_THING[operationId]?.test(text)) return false;
  // Errors of the management shape have a code; OAuth's have `error` alone.
  return FORM_FAULTS.includes(body?.code ?? '') || (body?.code === undefined && body?.error === 'invalid_request');
}
