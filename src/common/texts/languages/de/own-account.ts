import type { Phrase } from '../../phrase.js';
import type { TextKey } from '../en/index.js';

/** What users change about themselves by links in mails, and what they are told of. */
export const OWN_ACCOUNT = {
  'account.email': 'E-Mail-Adresse',
  'account.changeEmail': 'Adresse ändern',
  'account.notVerified': 'Es ist noch nicht bestätigt, dass diese Adresse Ihnen gehört.',
  'account.verifyEmail': 'Bestätigungslink senden',
  'account.setPassword': 'Passwort festlegen',
  'account.setPasswordAbout':
    'Sie haben noch kein Passwort. Mit einem Passwort können Sie sich auch über Ihre E-Mail-Adresse anmelden.',
  'done.verificationSent': 'Ein Link an Ihre Adresse ist unterwegs. Sehen Sie auch im Spam-Ordner nach.',
  'done.passwordSet': 'Ihr Passwort ist festgelegt.',
  'done.emailCancelled': 'Ihre Adresse bleibt, wie sie ist.',
  'changeEmail.title': 'E-Mail-Adresse ändern',
  'changeEmail.new': 'Neue E-Mail-Adresse',
  'changeEmail.rule':
    'Wir senden einen Link dorthin und auch einen an Ihre bisherige Adresse, wenn diese bestätigt ist.',
  'changeEmail.button': 'Link senden',
  'changeEmail.pendingConfirm':
    'Ihre Adresse soll in {email} geändert werden. Öffnen Sie den Link, den wir an {account} gesendet haben.',
  'changeEmail.pendingVerify':
    'Ihre Adresse soll in {email} geändert werden. Öffnen Sie den Link, den wir dorthin gesendet haben.',
  'changeEmail.sent':
    'Ein Link ist unterwegs. Sehen Sie auch im Spam-Ordner nach. Ihre Adresse ändert sich, sobald Sie alle Links geöffnet haben.',
  'changeEmail.cancel': 'Bisherige Adresse behalten',
  'changeEmail.confirmedTitle': 'Noch ein Schritt',
  'changeEmail.confirmed':
    'Ein Link an die neue Adresse ist unterwegs. Ihre Adresse ändert sich, sobald Sie ihn öffnen.',
  'changeEmail.doneTitle': 'Ihre Adresse wurde geändert',
  'changeEmail.done': 'Melden Sie sich ab jetzt mit der neuen Adresse an.',
  'changeEmail.failedTitle': 'Die Adresse wurde nicht geändert',
  'changeEmail.failed': 'Dieser Link gilt nicht mehr. Fordern Sie die Änderung noch einmal an.',
  'changeEmail.otherUser':
    'Sie sind mit einem anderen Konto angemeldet. Melden Sie sich mit dem Konto an, dessen Adresse geändert werden soll, und öffnen Sie den Link noch einmal.',
  'undoEmail.title': 'Adresse zurückholen',
  'undoEmail.about':
    'Die Adresse Ihres Kontos ist dann wieder {email}, und alle Geräte werden abgemeldet. Tun Sie das, wenn Sie die Adresse nicht selbst geändert haben.',
  'undoEmail.button': 'Meine Adresse wiederherstellen',
  'undoEmail.doneTitle': 'Ihre Adresse ist wiederhergestellt',
  'undoEmail.done':
    'Alle Geräte wurden abgemeldet. Vielleicht kennt jemand Ihr Passwort oder liest Ihre E-Mails mit: Legen Sie für Ihr Konto und für Ihr Postfach neue Passwörter fest.',
  'verify.again': 'Neuen Link senden',
  'delete.sent':
    'Ein Link, mit dem Sie Ihr Konto löschen, ist an Ihre Adresse unterwegs. Bis Sie ihn öffnen, geschieht nichts.',
  'delete.sentTitle': 'Sehen Sie in Ihre E-Mails',
  'delete.mailRule': 'Wir senden Ihnen einen Link, mit dem Sie Ihr Konto löschen.',
  'fault.EMAIL_IS_THE_SAME': 'Das ist bereits Ihre Adresse.',
  'fault.PASSWORD_ALREADY_SET': 'Sie haben schon ein Passwort.',
  'mail.changeEmail.confirmSubject': 'Bestätigen Sie die Änderung Ihrer E-Mail-Adresse',
  'mail.changeEmail.confirmText': 'Die Adresse Ihres Kontos {account} soll in {email} geändert werden.',
  'mail.changeEmail.confirmButton': 'Ja, ändern',
  'mail.changeEmail.verifySubject': 'Bestätigen Sie Ihre neue E-Mail-Adresse',
  'mail.changeEmail.verifyText': 'Zeigen Sie, dass {email} Ihre Adresse ist: Dann wird sie zur Adresse Ihres Kontos.',
  'mail.changeEmail.verifyButton': 'Adresse bestätigen',
  'mail.changeEmail.notYou':
    'Wenn Sie das nicht angefordert haben, öffnen Sie den Link nicht: Jemand anderes benutzt Ihr Konto. Ändern Sie sofort Ihr Passwort.',
  'mail.emailChanged.text': 'Die Adresse Ihres Kontos {account} lautet jetzt {email}.',
  'mail.emailChanged.button': 'Meine Adresse wiederherstellen',
  'mail.emailChanged.notYou':
    'Wenn Sie es nicht waren, stellen Sie Ihre Adresse über diesen Link wieder ein und legen Sie dann ein neues Passwort fest.',
  'mail.delete.subject': 'Bestätigen Sie, dass Ihr Konto gelöscht werden soll',
  'mail.delete.text': 'Sie haben uns gebeten, Ihr Konto {account} zu löschen.',
  'mail.newSignIn.subject': 'Neue Anmeldung bei Ihrem Konto',
  'mail.newSignIn.text': 'Bei Ihrem Konto {account} hat sich jemand auf einem neuen Gerät angemeldet: {device}.',
  'mail.newSignIn.unknown': 'Bei Ihrem Konto {account} hat sich jemand auf einem neuen Gerät angemeldet.',
  'mail.newSignIn.notYou':
    'Wenn Sie es nicht waren, melden Sie das Gerät ab und legen Sie sofort ein neues Passwort fest.',
} as const satisfies Readonly<Partial<Record<TextKey, Phrase>>>;
