import { choice, count, flag, text, texts } from '../common/options/option.js';
import { readOptions, type OptionsOf, type SettingsOf } from '../common/options/read-options.js';

/** Sign-in by passkeys (WebAuthn). */
export interface PasskeysOptions {
  /**
   * The domain that passkeys belong to: the host of the issuer, or a domain above it. Passkeys that exist are lost when it changes. Default:
   * the host of the issuer.
   */
  readonly rpId?: string;
  /** What browsers call the service. Default: `pages.name`, or the host of the issuer. */
  readonly rpName?: string;
  /**
   * Origins whose pages may use passkeys: at `rpId` or below. Default: none, and then those of the issuer and of `trustedOrigins` that are
   * written out are used.
   */
  readonly origins?: readonly string[];
  /** Origins of apps: `android:apk-key-hash:` and the SHA-256 of the certificate that the app is signed with, in base64url. Default: none. */
  readonly appOrigins?: readonly string[];
  /**
   * Whether an authenticator has to verify its user, by PIN or biometrics. Where it has not, a passkey counts as one factor. `required`,
   * `preferred` or `discouraged`. Default `required`.
   */
  readonly userVerification?: 'required' | 'preferred' | 'discouraged';
  /** Whether passkeys are found without an e-mail address, as `required` and most often `preferred` make them. Default `required`. */
  readonly residentKey?: 'required' | 'preferred';
  /** Passkeys that one user may have. Default 20, 1 to 100. */
  readonly maxPerUser?: number;
  /** The sign-in page offers them. Default true. */
  readonly signInPage?: boolean;
}

const APP_ORIGIN = /^android:apk-key-hash:[A-Za-z0-9_-]{43}$/;

export const PASSKEYS_OPTIONS = {
  rpId: text({
    fits: (id) => /^(?=.{1,253}$)[a-z0-9-]+(\.[a-z0-9-]+)*$/.test(id),
    otherwise: "is not a domain. Give one in lower case, without scheme and port, e.g. 'example.com'.",
  }),
  rpName: text({
    fits: (name) => /\S/.test(name) && name.length <= 60,
    otherwise: 'is not a name. Give 1 to 60 characters.',
  }),
  origins: texts(),
  appOrigins: texts(),
  userVerification: choice(['required', 'preferred', 'discouraged'], 'required'),
  residentKey: choice(['required', 'preferred'], 'required'),
  maxPerUser: count({ fallback: 20, min: 1, max: 100 }),
  signInPage: flag(true),
} satisfies OptionsOf<PasskeysOptions>;

/** The resolved options: every member present, frozen. */
export type PasskeysSettings = SettingsOf<typeof PASSKEYS_OPTIONS>;

export const PASSKEYS_SETTINGS = Symbol('nest-authority:passkeys-settings');

/** @throws Error with option and remedy; stops the boot */
export function resolvePasskeysOptions(options: PasskeysOptions | undefined): PasskeysSettings {
  const settings = readOptions('passkeys', options, PASSKEYS_OPTIONS);
  const bad = settings.appOrigins.find((origin) => !APP_ORIGIN.test(origin));
  if (bad !== undefined)
    throw new Error(
      `passkeys.appOrigins: ${JSON.stringify(bad)} is not the origin of an app. Give android:apk-key-hash: and 43 characters of base64url; apps for iOS have the origin of their website.`,
    );
  return settings;
}
