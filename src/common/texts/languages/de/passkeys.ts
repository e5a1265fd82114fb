import type { Phrase } from '../../phrase.js';
import type { TextKey } from '../en/index.js';

/** Passkeys: on the sign-in page, in the account, and the mail about them. */
export const PASSKEYS = {
  'account.passkeys': 'Passkeys',
  'passkeys.signIn': 'Mit Passkey anmelden',
  'passkeys.signInWithout':
    'Passkeys brauchen JavaScript. Ohne JavaScript können Sie sich auf einem der anderen Wege anmelden.',
  'passkeys.use': 'Passkey verwenden',
  'passkeys.useTitle': 'Mit Passkey bestätigen',
  'passkeys.useAbout': 'Um fortzufahren, bestätigen Sie mit einem Ihrer Passkeys, dass Sie es sind.',
  'passkeys.useWithout': 'Passkeys brauchen JavaScript. Wählen Sie sonst einen anderen Weg.',
  'passkeys.otherWay': 'Auf anderem Weg anmelden',
  'passkeys.about':
    'Mit einem Passkey melden Sie sich per Fingerabdruck, per Gesichtserkennung oder mit dem Entsperrcode Ihres Geräts an. Keine andere Website kann ihn abfragen.',
  'passkeys.none': 'Sie haben noch keinen Passkey.',
  'passkeys.add': 'Passkey hinzufügen',
  'passkeys.addWithout':
    'Um einen Passkey hinzuzufügen, brauchen Sie JavaScript. Ohne JavaScript können Sie vorhandene Passkeys umbenennen und entfernen und sich wie bisher anmelden.',
  'passkeys.name': 'Name',
  'passkeys.nameRule': 'Daran erkennen Sie ihn wieder, etwa „Mein Handy“.',
  'passkeys.unnamed': 'Passkey ohne Namen',
  'passkeys.since': 'Hinzugefügt',
  'passkeys.lastUsed': 'Zuletzt verwendet',
  'passkeys.never': 'Noch nie',
  'passkeys.kept': 'Gespeichert',
  'passkeys.keptHere': 'Auf einem einzigen Gerät',
  'passkeys.keptShared': 'In einem Passwortmanager, auf Ihren Geräten',
  'passkeys.rename': 'Umbenennen',
  'passkeys.remove': 'Entfernen',
  'passkeys.failed':
    'Das hat nicht funktioniert oder wurde abgebrochen. Versuchen Sie es noch einmal oder melden Sie sich auf anderem Weg an.',
  'done.passkeyAdded': 'Der Passkey wurde hinzugefügt.',
  'done.passkeyRemoved':
    'Der Passkey wurde entfernt. Entfernen Sie ihn auch von Ihrem Gerät oder aus Ihrem Passwortmanager.',
  'fault.CHALLENGE_NOT_FOUND': 'Diese Seite war zu lange geöffnet. Laden Sie sie neu.',
  'fault.FAILED_TO_VERIFY_REGISTRATION': 'Dieser Passkey kann hier nicht verwendet werden.',
  'fault.PREVIOUSLY_REGISTERED': 'Dieser Passkey wurde schon hinzugefügt.',
  'fault.PASSKEY_LIMIT_REACHED': 'Sie haben die Höchstzahl an Passkeys erreicht. Entfernen Sie zuerst einen.',
  'fault.PASSKEY_NOT_FOUND': 'Dieser Passkey ist hier nicht bekannt. Vielleicht wurde er aus dem Konto entfernt.',
  'fault.AUTHENTICATION_FAILED':
    'Dieser Passkey wurde nicht angenommen. Versuchen Sie es noch einmal oder melden Sie sich auf anderem Weg an.',
  'fault.LAST_SIGN_IN_METHOD': 'Das ist Ihre einzige Anmeldemöglichkeit. Fügen Sie zuerst eine weitere hinzu.',
  'mail.passkeyCopied.subject': 'Vielleicht hat jemand eine Kopie Ihres Passkeys',
  'mail.passkeyCopied.text':
    'Eine Anmeldung als {account} mit Ihrem Passkey „{passkey}“ wurde abgelehnt: Anscheinend wurde eine Kopie verwendet.',
  'mail.passkeyCopied.do':
    'Wenn Sie kein Gerät aus einem Backup wiederhergestellt haben, entfernen Sie diesen Passkey aus Ihrem Konto und fügen Sie einen neuen hinzu.',
} as const satisfies Readonly<Partial<Record<TextKey, Phrase>>>;
