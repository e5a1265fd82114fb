import type { Phrase } from '../../phrase.js';
import type { TextKey } from '../en/index.js';

/** Sign-in by a link or a code that comes by mail. */
export const SIGN_IN_BY_MAIL = {
  'byMail.link': 'Link per E-Mail erhalten',
  'byMail.code': 'Code per E-Mail erhalten',
  'byMail.linkTitle': 'Mit einem Link anmelden',
  'byMail.codeTitle': 'Mit einem Code anmelden',
  'byMail.linkAbout': 'Geben Sie Ihre E-Mail-Adresse an. Wir senden Ihnen einen Link, mit dem Sie sich anmelden.',
  'byMail.codeAbout': 'Geben Sie Ihre E-Mail-Adresse an. Wir senden Ihnen einen Code, mit dem Sie sich anmelden.',
  'byMail.linkButton': 'Link senden',
  'byMail.codeButton': 'Code senden',
  'byMail.back': 'Andere Anmeldemöglichkeiten',
  'byMail.sentTitle': 'Sehen Sie in Ihre E-Mails',
  'byMail.linkSent':
    'Wenn Sie sich mit dieser Adresse anmelden können, ist ein Link dorthin unterwegs. Öffnen Sie ihn in diesem Browser. Sehen Sie auch im Spam-Ordner nach und fordern Sie sonst einen neuen Link an.',
  'byMail.codeSent':
    'Wenn Sie sich mit {account} anmelden können, ist ein Code dorthin unterwegs. Sehen Sie auch im Spam-Ordner nach und fordern Sie sonst einen neuen an.',
  'byMail.enterTitle': 'Code eingeben',
  'byMail.codeLabel': 'Code',
  'byMail.codeRule': 'Sechs Ziffern. Nach einigen falschen Codes müssen Sie warten.',
  'byMail.again': 'Neuen Code senden',
  'byMail.confirmTitle': 'Hier anmelden?',
  'byMail.confirm': 'Dieser Link meldet Sie als {account} an.',
  'byMail.confirmOther':
    'Er wurde in einem anderen Browser oder einer anderen App angefordert. Fahren Sie nur fort, wenn Sie es waren.',
  'byMail.confirmInstead': 'Sie sind zurzeit als {account} angemeldet und werden dabei abgemeldet.',
  'byMail.confirmButton': 'Als {account} anmelden',
  'fault.INVALID_OTP': 'Dieser Code ist falsch oder gilt nicht mehr.',
  'fault.MAGIC_LINK_INVALID': 'Dieser Link gilt nicht mehr. Fordern Sie einen neuen an.',
  'mail.magicLink.subject': 'Ihr Link zum Anmelden',
  'mail.magicLink.text': 'Jemand, hoffentlich Sie, möchte sich mit {account} anmelden.',
  'mail.magicLink.button': 'Anmelden',
  'mail.code.signIn': 'Ihr Code zum Anmelden',
  'mail.code.verify': 'Ihr Code zum Bestätigen Ihrer Adresse',
  'mail.code.reset': 'Ihr Code für ein neues Passwort',
  'mail.code.change': 'Ihr Code zum Ändern Ihrer Adresse',
  'mail.code.signInText': 'Jemand, hoffentlich Sie, möchte sich mit {account} anmelden. Der Code lautet:',
  'mail.code.verifyText': 'Zeigen Sie mit diesem Code, dass {account} Ihre Adresse ist:',
  'mail.code.resetText': 'Jemand, hoffentlich Sie, hat ein neues Passwort für {account} angefordert. Der Code lautet:',
  'mail.code.changeText': 'Jemand, hoffentlich Sie, möchte {account} als neue Adresse verwenden. Der Code lautet:',
  'mail.code.notYou': 'Wenn Sie das nicht angefordert haben, tun Sie nichts und verraten Sie den Code niemandem.',
  'mail.changed.owner': 'Ihre Adresse ist bestätigt, und was vorher eingerichtet war, gilt nicht mehr',
} as const satisfies Readonly<Partial<Record<TextKey, Phrase>>>;
