import { z } from 'zod';
import { done, shownTo } from '../common/http/areas/area-forms.js';
import { bodySchema } from '../common/http/request/schema.pipe.js';

const SERVER_ONLY = ['userId', 'publicKey', 'counter', 'credentialID'];
/** At most 1023 bytes (WebAuthn 3, 5.1). */
const MAX_ID_LENGTH = 1_364;

const base64url = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^[A-Za-z0-9_-]+$/, 'Give base64url without padding');
const credential = {
  id: base64url(MAX_ID_LENGTH),
  rawId: base64url(MAX_ID_LENGTH),
  type: z.literal('public-key'),
};
const clientDataJSON = base64url(8_192);
/** What `navigator.credentials.create` gives, as JSON (WebAuthn 3, 5.1.8). */
export const Attestation = z
  .object({
    ...credential,
    response: z.object({
      clientDataJSON,
      attestationObject: base64url(65_536),
      transports: z.array(z.string().max(32)).max(16).optional(),
    }),
  })
  .meta({ id: 'AuthPasskeyAttestation' });
/** What `navigator.credentials.get` gives. */
export const Assertion = z
  .object({
    ...credential,
    response: z.object({
      clientDataJSON,
      authenticatorData: base64url(16_384),
      signature: base64url(16_384),
      userHandle: z.union([z.literal(''), base64url(128)]).nullish(),
    }),
  })
  .meta({ id: 'AuthPasskeyAssertion' });
const KEY_EXAMPLE = { id: 'Zm9yLWV4YW1wbGU', rawId: 'Zm9yLWV4YW1wbGU', type: 'public-key' } as const;
const CLIENT_DATA_EXAMPLE = 'eyJ0eXBlIjoid2ViYXV0aG4uZ2V0In0';
export const ATTESTATION_EXAMPLE = {
  ...KEY_EXAMPLE,
  response: { clientDataJSON: CLIENT_DATA_EXAMPLE, attestationObject: 'o2NmbXRkbm9uZQ', transports: ['internal'] },
};
export const ASSERTION_EXAMPLE = {
  ...KEY_EXAMPLE,
  response: { clientDataJSON: CLIENT_DATA_EXAMPLE, authenticatorData: 'SZYN5YgO', signature: 'MEUCIQ', userHandle: '' },
};
export type AttestationAnswer = z.infer<typeof Attestation>;
export type AssertionAnswer = z.infer<typeof Assertion>;

export const passkeyName = z
  .string()
  .trim()
  .max(100)
  .meta({ description: 'What the user calls it.', example: 'My phone' });
const passkeyId = z.string().min(1).max(128).meta({ description: 'Of the list.' });

export const RegisterOptionsQuery = z.object({
  name: passkeyName.optional().meta({ description: 'What browsers show beside the passkey. Default: the address.' }),
  authenticatorAttachment: z
    .enum(['platform', 'cross-platform'])
    .optional()
    .meta({ description: 'Only those of this device, or only others. Default: either.' }),
});
export const VerifyRegistrationBody = bodySchema(
  'AuthVerifyPasskeyRegistrationBody',
  {
    response: Attestation.meta({ description: 'What `navigator.credentials.create` gave, as JSON.' }),
    name: passkeyName.nullish(),
  },
  SERVER_ONLY,
);
export const VerifyAuthenticationBody = bodySchema('AuthVerifyPasskeyAuthenticationBody', {
  response: Assertion.meta({ description: 'What `navigator.credentials.get` gave, as JSON.' }),
  oauth_query: z.string().max(16_384).optional().meta({
    description: 'Of the page that an authorization request waits on. The answer is then `{ redirect, url }`.',
  }),
});
export const UpdatePasskeyBody = bodySchema(
  'AuthUpdatePasskeyBody',
  { id: passkeyId, name: passkeyName.min(1) },
  SERVER_ONLY,
);
export const DeletePasskeyBody = bodySchema('AuthDeletePasskeyBody', { id: passkeyId });

/** A credential that a script has put into a form, as JSON. */
const inForm = <Schema extends z.ZodType>(schema: Schema) =>
  z
    .string()
    .max(131_072)
    .default('')
    .transform((text, context) => {
      try {
        return JSON.parse(text) as unknown;
      } catch {
        context.addIssue({ code: 'custom', message: 'Give the credential as JSON' });
        return z.NEVER;
      }
    })
    .pipe(schema);
export const PasskeySignInForm = bodySchema('AuthPasskeySignInForm', {
  response: inForm(Assertion),
  continue: z.string().max(8_192).optional(),
});
export const PasskeySignInQuery = z.object({ continue: z.string().max(8_192).optional() });
export const AddPasskeyForm = bodySchema('AuthAddPasskeyForm', {
  shownTo,
  name: passkeyName.default(''),
  response: inForm(Attestation),
});
export const RenamePasskeyForm = bodySchema('AuthRenamePasskeyForm', {
  shownTo,
  passkey: passkeyId,
  name: passkeyName.default(''),
});
export const DeletePasskeyForm = bodySchema('AuthDeletePasskeyForm', { shownTo, passkey: passkeyId });
export const PasskeysPageQuery = z.object({ done });

const descriptor = z.object({
  id: z.string(),
  type: z.literal('public-key'),
  transports: z.array(z.string()).optional(),
});
const userVerification = z.enum(['required', 'preferred', 'discouraged']);
export const CreationOptionsAnswer = z
  .object({
    challenge: z.string(),
    rp: z.object({ id: z.string(), name: z.string() }),
    user: z.object({ id: z.string(), name: z.string(), displayName: z.string() }),
    pubKeyCredParams: z.array(z.object({ alg: z.int(), type: z.literal('public-key') })),
    timeout: z.int().meta({ description: 'Milliseconds.' }),
    attestation: z.literal('none'),
    excludeCredentials: z.array(descriptor),
    authenticatorSelection: z.object({
      residentKey: z.enum(['required', 'preferred']),
      requireResidentKey: z.boolean(),
      userVerification,
      authenticatorAttachment: z.enum(['platform', 'cross-platform']).optional(),
    }),
    extensions: z.object({ credProps: z.literal(true) }),
    hints: z.array(z.string()),
  })
  .meta({ id: 'AuthPasskeyCreationOptions' });
export const RequestOptionsAnswer = z
  .object({
    rpId: z.string(),
    challenge: z.string(),
    timeout: z.int().meta({ description: 'Milliseconds.' }),
    userVerification,
    allowCredentials: z
      .array(descriptor)
      .optional()
      .meta({ description: 'Those of the user who is signed in; absent: any.' }),
  })
  .meta({ id: 'AuthPasskeyRequestOptions' });
export const PasskeyAnswer = z
  .object({
    id: z.string(),
    name: z.string().nullable(),
    publicKey: z.string().meta({ description: 'COSE, in base64.' }),
    userId: z.string(),
    credentialID: z.string().meta({ description: 'Base64url.' }),
    counter: z.int(),
    deviceType: z.enum(['singleDevice', 'multiDevice']),
    backedUp: z.boolean(),
    transports: z.string().meta({ description: 'With commas.' }),
    createdAt: z.iso.datetime(),
    lastUsedAt: z.iso.datetime().nullable(),
    userVerified: z.boolean().meta({ description: 'Whether it had verified its user when it was last used.' }),
    aaguid: z.string(),
  })
  .meta({ id: 'AuthPasskey' });
export const PasskeyListAnswer = z.array(PasskeyAnswer);
export const RenamedAnswer = z.object({ passkey: PasskeyAnswer }).meta({ id: 'AuthPasskeyRenamed' });
export const DeletedAnswer = z.object({ status: z.literal(true) }).meta({ id: 'AuthPasskeyDeleted' });
/** Of a sign-in; of a step-up without `token`; where a second factor is due as the two-factor answer. */
export const PasskeySignInAnswer = z
  .looseObject({
    token: z.string().optional().meta({ description: 'The session token. Absent where the session goes on.' }),
    session: z.looseObject({ id: z.string(), userId: z.string(), expiresAt: z.iso.datetime() }).optional(),
    user: z.looseObject({ id: z.string(), email: z.string(), name: z.string() }).optional(),
    redirect: z.boolean().optional(),
    url: z.string().optional(),
  })
  .meta({ id: 'AuthPasskeySignInAnswer' });
