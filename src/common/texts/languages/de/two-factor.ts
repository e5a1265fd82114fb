import type { Phrase } from '../../phrase.js';
import type { TextKey } from '../en/index.js';

/** The second step of a sign-in: its pages, the page of the account about it, and its mail. */
export const TWO_FACTOR = {
  'challenge.title': 'Zweiter Schritt',
  'challenge.account': 'Sie melden sich als {account} an.',
  'challenge.stepUp': 'Um als {account} fortzufahren, bestätigen Sie, dass Sie es sind.',
  'challenge.appCode': 'Code aus Ihrer Authenticator-App',
  'challenge.mailCode': 'Code aus Ihrer E-Mail',
  'challenge.mailRule': 'Wir senden ihn an die Adresse Ihres Kontos.',
  'challenge.sent': 'Ein Code an die Adresse Ihres Kontos ist unterwegs.',
  'challenge.send': 'Code senden',
  'challenge.sendAgain': 'Neuen Code senden',
  'challenge.backupCode': 'Backup-Code',
  'challenge.backupRule': 'Einer der Codes, die Sie bei der Einrichtung erhalten haben. Jeder gilt nur einmal.',
  'challenge.useBackup': 'Backup-Code verwenden',
  'challenge.trust': 'In diesem Browser {time} lang nicht mehr fragen',
  'challenge.button': 'Weiter',
  'challenge.over': 'Diese Anmeldung wurde abgebrochen',
  'challenge.overText': 'Sie hat zu lange gedauert, oder es gab zu viele falsche Codes. Melden Sie sich neu an.',
  'factor.title': 'Anmeldung in zwei Schritten',
  'factor.about': 'Mit der Anmeldung in zwei Schritten kommt niemand in Ihr Konto, der nur Ihr Passwort kennt.',
  'factor.since': 'Eingeschaltet seit',
  'factor.by': 'Zweiter Schritt',
  'factor.app': 'Authenticator-App',
  'factor.mail': 'Codes per E-Mail',
  'factor.codesLeft': 'Verbleibende Backup-Codes',
  'factor.setUp': 'Authenticator-App einrichten',
  'factor.replace': 'Andere App einrichten',
  'factor.replaceAbout': 'Ihre bisherige App gilt, bis Sie einen Code aus der neuen eingegeben haben.',
  'factor.chooseMail': 'Codes per E-Mail verwenden',
  'factor.mailAbout':
    'Codes per E-Mail schützen Sie weniger gut: Wer Ihre E-Mails liest, kann auch ein neues Passwort festlegen.',
  'factor.passwordRule': 'Zur Bestätigung, dass Sie es sind.',
  'factor.newCodes': 'Neue Backup-Codes',
  'factor.newCodesAbout': 'Ihre bisherigen Codes gelten dann nicht mehr.',
  'factor.remove': 'Anmeldung in zwei Schritten ausschalten',
  'factor.removeAbout': 'Dann genügt der erste Schritt allein, um sich bei Ihrem Konto anzumelden.',
  'factor.open': 'Meine Authenticator-App öffnen',
  'factor.openAbout':
    'Fügen Sie dieses Konto zu Ihrer Authenticator-App hinzu: Öffnen Sie die App auf diesem Gerät oder geben Sie den Schlüssel in die App ein.',
  'factor.scan':
    'Scannen Sie diesen QR-Code mit Ihrer Authenticator-App. Ist die App auf diesem Gerät, öffnen Sie sie von hier aus; oder geben Sie den Schlüssel in die App ein.',
  'factor.picture': 'QR-Code für Authenticator-Apps',
  'factor.key': 'Schlüssel',
  'factor.codes': 'Ihre Backup-Codes',
  'factor.codesOnce':
    'Bewahren Sie sie dort auf, wo niemand sonst sie findet. Mit jedem können Sie sich einmal anmelden, wenn Sie Ihren zweiten Schritt nicht zur Hand haben. Sie werden nur jetzt angezeigt.',
  'factor.confirm': 'Geben Sie danach den Code ein, den die App anzeigt.',
  'factor.confirmButton': 'Einschalten',
  'factor.must': 'Für dieses Konto ist die Anmeldung in zwei Schritten nötig. Richten Sie sie ein, um fortzufahren.',
  'factor.begin': 'Beginnen',
  'trusted.title': 'Vertrauenswürdige Browser',
  'trusted.about': 'Dort werden Sie nicht nach dem zweiten Schritt gefragt.',
  'trusted.this': 'dieser Browser',
  'trusted.lastUsed': 'Letzte Anmeldung',
  'trusted.until': 'Vertrauenswürdig bis',
  'trusted.forget': 'Dort wieder fragen',
  'done.factorOn': 'Die Anmeldung in zwei Schritten ist eingeschaltet.',
  'done.factorOff': 'Die Anmeldung in zwei Schritten ist ausgeschaltet.',
  'done.deviceForgotten': 'Dort werden Sie wieder nach dem zweiten Schritt gefragt.',
  'fault.INVALID_CODE': 'Dieser Code ist falsch oder wurde schon benutzt. Geben Sie den nächsten ein.',
  'fault.INVALID_BACKUP_CODE': 'Dieser Backup-Code ist falsch oder wurde schon benutzt.',
  'fault.OTP_HAS_EXPIRED': 'Dieser Code ist abgelaufen. Fordern Sie einen neuen an.',
  'fault.OTP_NOT_CONFIGURED': 'Hier werden keine Codes per E-Mail gesendet.',
  'fault.TWO_FACTOR_REQUIRED':
    'Für dieses Konto ist die Anmeldung in zwei Schritten nötig. Sie kann nicht ausgeschaltet werden.',
  'fault.TWO_FACTOR_NOT_ENABLED': 'Die Anmeldung in zwei Schritten ist ausgeschaltet.',
  'mail.factor.subject': 'Ihr Code',
  'mail.factor.text':
    'Geben Sie diesen Code ein, um sich als {account} anzumelden. Verraten Sie ihn niemandem, egal wer danach fragt.',
  'mail.factor.notYou':
    'Wenn Sie sich nicht gerade selbst anmelden, kennt jemand Ihr Passwort: Legen Sie sofort ein neues fest.',
  'mail.locked.subject': 'Viele falsche Codes',
  'mail.locked.text':
    'Jemand kennt Ihr Passwort und hat viele falsche Codes eingegeben, um sich als {account} anzumelden. Codes werden jetzt eine Weile abgelehnt; mit Ihren Backup-Codes können Sie sich weiterhin anmelden.',
  'mail.backupCode.subject': 'Ein Backup-Code wurde benutzt',
  'mail.backupCode.text': {
    one: 'Jemand, hoffentlich Sie, hat sich mit einem Backup-Code als {account} angemeldet. Es bleibt noch {count} Code.',
    other:
      'Jemand, hoffentlich Sie, hat sich mit einem Backup-Code als {account} angemeldet. Es bleiben noch {count} Codes.',
  },
} as const satisfies Readonly<Partial<Record<TextKey, Phrase>>>;
