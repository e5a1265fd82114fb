import type { Phrase } from '../../phrase.js';
import type { TextKey } from '../en/index.js';

/** What went wrong, by the code of the error, and what people can do about it. */
export const ERRORS = {
  'error.title': 'Etwas ist schiefgegangen',
  'error.client': 'Dieser Link oder dieses Formular ist unvollständig oder abgelaufen.',
  'error.clientDo': 'Gehen Sie dorthin zurück, woher Sie gekommen sind, und beginnen Sie noch einmal.',
  'error.notFoundTitle': 'Seite nicht gefunden',
  'error.notFound': 'Vielleicht ist die Adresse falsch geschrieben, oder die Seite gibt es nicht mehr.',
  'error.limitTitle': 'Zu viele Versuche',
  'error.limit': 'Warten Sie {time} und versuchen Sie es dann noch einmal.',
  'error.awayTitle': 'Wir sind gleich wieder da',
  'error.away':
    'Bei uns ist etwas nicht in Ordnung; es ist nichts verloren gegangen. Versuchen Sie es gleich noch einmal.',
  'error.tryAgain': 'Noch einmal versuchen',
  'error.details': 'Details für Entwickler',
  'error.help': 'Hilfe erhalten',
  'fault.limit': 'Zu viele Versuche. Warten Sie {time} und versuchen Sie es dann noch einmal.',
  'fault.EMAIL_PASSWORD_SIGN_UP_DISABLED':
    'Hier können keine neuen Konten erstellt werden. Melden Sie sich mit einem Konto an, das Sie schon haben.',
  'fault.INVALID_EMAIL_OR_PASSWORD': 'Die E-Mail-Adresse oder das Passwort ist falsch.',
  'fault.INVALID_EMAIL': 'Geben Sie eine gültige E-Mail-Adresse ein.',
  'fault.INVALID_PASSWORD': 'Das Passwort ist falsch.',
  'fault.PASSWORD_TOO_SHORT': 'Dieses Passwort ist zu kurz.',
  'fault.PASSWORD_TOO_LONG': 'Dieses Passwort ist zu lang.',
  'fault.NAME_MISSING': 'Geben Sie Ihren Namen ein.',
  'fault.NAME_UNSEEN': 'Geben Sie einen Namen mit mindestens einem sichtbaren Zeichen ein.',
  'fault.USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL':
    'Es gibt bereits ein Konto mit dieser E-Mail-Adresse. Melden Sie sich an oder verwenden Sie eine andere Adresse.',
  'fault.IMAGE_NOT_WEB': 'Geben Sie eine Webadresse ein.',
  'fault.BANNED_USER':
    'Dieses Konto ist gesperrt. Wenden Sie sich an den Support, wenn Sie das für einen Irrtum halten.',
  'fault.EMAIL_NOT_VERIFIED':
    'Bestätigen Sie zuerst Ihre E-Mail-Adresse: Öffnen Sie die Nachricht, die wir Ihnen geschickt haben.',
  'fault.IMPERSONATED': 'Das darf nur die Person selbst tun.',
  'fault.SESSION_NOT_FRESH': 'Melden Sie sich dafür erneut an.',
  'fault.FAILED_TO_UNLINK_LAST_ACCOUNT':
    'Das ist Ihre einzige Anmeldemöglichkeit. Fügen Sie zuerst eine weitere hinzu.',
  'fault.REQUEST_ANSWERED': 'Sie haben diese Anfrage bereits beantwortet.',
  'fault.REQUEST_EXPIRED': 'Diese Anfrage ist abgelaufen.',
  'fault.UNKNOWN_REQUEST': 'Diese Anfrage ist unbekannt oder abgelaufen.',
  'fault.USER_CODE_UNKNOWN': 'Mit diesem Code wartet kein Gerät. Prüfen Sie ihn und geben Sie ihn noch einmal ein.',
  'fault.USER_CODE_EXPIRED': 'Dieser Code ist abgelaufen. Fordern Sie an Ihrem Gerät einen neuen an.',
  'fault.USER_CODE_DECIDED': 'Diese Anfrage wurde schon beantwortet. Fordern Sie an Ihrem Gerät einen neuen Code an.',
  'fault.USER_CODE_NOT_OPENED': 'Geben Sie den Code noch einmal ein, um zu sehen, wofür er ist.',
  'fault.USER_CODE_OF_ANOTHER':
    'Dieser Code wurde mit einem anderen Konto geöffnet. Fordern Sie an Ihrem Gerät einen neuen an.',
} as const satisfies Readonly<Partial<Record<TextKey, Phrase>>>;
