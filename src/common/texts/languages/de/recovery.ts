import type { Phrase } from '../../phrase.js';
import type { TextKey } from '../en/index.js';

/** Ways back into an account, and the mail that is sent for them. */
export const RECOVERY = {
  'recover.title': 'Passwort vergessen',
  'recover.link': 'Passwort vergessen?',
  'recover.about':
    'Geben Sie die E-Mail-Adresse Ihres Kontos an. Wir senden Ihnen einen Link, über den Sie ein neues Passwort wählen.',
  'recover.button': 'Link senden',
  'recover.back': 'Zurück zur Anmeldung',
  'recover.sentTitle': 'Sehen Sie in Ihre E-Mails',
  'recover.sent':
    'Wenn es ein Konto mit dieser Adresse gibt, ist ein Link dorthin unterwegs. Sehen Sie auch im Spam-Ordner nach und fordern Sie sonst einen neuen an.',
  'newPassword.title': 'Neues Passwort',
  'newPassword.button': 'Passwort festlegen',
  'newPassword.doneTitle': 'Ihr Passwort ist festgelegt',
  'newPassword.done': 'Sie können sich jetzt damit anmelden.',
  'newPassword.ended': 'Alle Geräte wurden abgemeldet.',
  'link.badTitle': 'Dieser Link gilt nicht mehr',
  'link.bad': 'Er wurde schon benutzt, ist abgelaufen oder durch einen neueren ersetzt.',
  'link.askAgain': 'Neuen Link anfordern',
  'mail.delayed': 'E-Mails kommen zurzeit verspätet an. Ihre ist gespeichert und wird so bald wie möglich gesendet.',
  'mail.notYou': 'Wenn Sie das nicht angefordert haben, tun Sie nichts: Ohne den Link ändert sich nichts.',
  'mail.reset.subject': 'Wählen Sie ein neues Passwort',
  'mail.reset.text': 'Jemand, hoffentlich Sie, hat ein neues Passwort für {account} angefordert.',
  'mail.reset.button': 'Neues Passwort wählen',
  'mail.verify.subject': 'Bestätigen Sie Ihre E-Mail-Adresse',
  'mail.verify.text': 'Zeigen Sie, dass {account} Ihre Adresse ist.',
  'mail.verify.button': 'Adresse bestätigen',
  'mail.taken.subject': 'Sie haben schon ein Konto',
  'mail.taken.text':
    'Jemand, vielleicht Sie, wollte ein Konto mit {account} anlegen. Es gibt schon eines: Melden Sie sich dort an.',
  'mail.taken.notYou': 'Wenn Sie es nicht waren, tun Sie nichts: Es hat sich nichts geändert.',
  'verify.title': 'Adresse bestätigen',
  'verify.link': 'Ist keine Nachricht gekommen? Fordern Sie eine neue an.',
  'verify.about':
    'Geben Sie die E-Mail-Adresse Ihres Kontos an. Wir senden Ihnen einen Link, der zeigt, dass sie Ihnen gehört.',
  'verify.sent':
    'Wenn es ein Konto gibt, dessen Adresse noch bestätigt werden muss, ist ein Link dorthin unterwegs. Sehen Sie auch im Spam-Ordner nach und fordern Sie sonst einen neuen an.',
  'fault.EMAIL_MISMATCH': 'Sie sind mit einer anderen Adresse angemeldet.',
  'fault.PASSWORD_COMPROMISED': 'Dieses Passwort ist Angreifern bekannt. Wählen Sie ein anderes.',
  'verified.title': 'Ihre Adresse ist bestätigt',
  'verified.text': 'Sie können dieses Fenster schließen oder zu Ihrem Konto weitergehen.',
  'mail.changed.password': 'Ihr Passwort wurde geändert',
  'mail.changed.email': 'Ihre E-Mail-Adresse wurde geändert',
  'mail.changed.factor': 'Ihre Anmeldemöglichkeiten wurden geändert',
  'mail.changed.appAdded': 'Für Ihr Konto wurde eine Authenticator-App eingerichtet',
  'mail.changed.mailCodesAdded': 'Ihr zweiter Schritt ist jetzt ein Code per E-Mail',
  'mail.changed.factorRemoved': 'Die Anmeldung in zwei Schritten wurde ausgeschaltet',
  'mail.changed.codesReplaced': 'Sie haben neue Backup-Codes',
  'mail.changed.passkeyAdded': 'Ihrem Konto wurde ein Passkey hinzugefügt',
  'mail.changed.passkeyRemoved': 'Ein Passkey wurde aus Ihrem Konto entfernt',
  'mail.changed.text': 'Das betrifft Ihr Konto {account}.',
  'mail.changed.notYou':
    'Wenn Sie es nicht waren, legen Sie sofort ein neues Passwort fest und sagen Sie uns Bescheid.',
} as const satisfies Readonly<Partial<Record<TextKey, Phrase>>>;
