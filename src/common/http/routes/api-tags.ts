/** The groups of the API document, and what each says. */
export const API_TAGS = {
  'Sign-in': 'Sign up, in and out with e-mail and password. The answers are those that the better-auth client reads.',
  Sessions: 'One session is one sign-in on one device. Users see their sessions here and end them.',
  Account: 'What signed-in users change about their own account.',
  'Account linking': 'Sign-in through external providers, the accounts linked there, and the tokens that they gave us.',
  Passkeys: 'Passkeys of users, and sign-in by them (WebAuthn).',
  Recovery: 'Ways back into an account.',
  'Two-factor': 'The second factor of a sign-in: apps, codes by mail, backup codes, and trusted devices.',
  'Bearer tokens': 'Access and refresh tokens of first-party apps that keep no cookie.',
  'API keys': "The caller's own API keys. They are managed with a session, never with a key.",
  JWT: 'JWTs for services that verify offline, and the public keys that they verify with.',
  OAuth: 'The endpoints of the authorization server, for OAuth and OpenID Connect clients.',
  'OAuth clients': 'Registration of clients, by their developers or by themselves.',
  'Connected applications': 'What users have granted to clients, and how they take it back.',
  Device: 'Sign-in on devices without a browser (RFC 8628).',
  'Administration: users':
    'Users, for administrators, by the routes of better-auth. Only where the host has named their roles.',
  'Administration: API keys': 'API keys of any owner. Only where the host has set up administration.',
  'Administration: OAuth clients':
    'All clients, their policies and initial access tokens. Only where administration is set up.',
  'Administration: signing keys': 'The keys that sign our JWTs. Only where administration is set up.',
  Pages: 'Pages for browsers; they are not in the document.',
} as const;
export type ApiTag = keyof typeof API_TAGS;
