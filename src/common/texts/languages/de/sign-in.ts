import type { Phrase } from '../../phrase.js';
import type { TextKey } from '../en/index.js';

/** Sign-in, sign-up and what follows at once. */
export const SIGN_IN = {
  'signIn.title': 'Anmelden',
  'signIn.button': 'Anmelden',
  'signIn.toContinue': 'um fortzufahren mit {client}',
  'signIn.email': 'E-Mail-Adresse',
  'signIn.password': 'Passwort',
  'signIn.name': 'Name',
  'signIn.passwordRule': { one: 'Mindestens {count} Zeichen.', other: 'Mindestens {count} Zeichen.' },
  'signIn.or': 'oder',
  'signIn.with': 'Weiter mit {provider}',
  'signIn.noAccount': 'Noch kein Konto? {link}',
  'signIn.haveAccount': 'Sie haben schon ein Konto? {link}',
  'signUp.title': 'Konto erstellen',
  'signUp.link': 'Jetzt erstellen',
  'signUp.button': 'Konto erstellen',
  'signedUp.title': 'Ihr Konto ist bereit',
  'signedUp.verify': 'Bestätigen Sie Ihre E-Mail-Adresse und melden Sie sich dann an.',
  'signedUp.signIn': 'Sie können sich jetzt anmelden.',
  'signedOut.title': 'Abgemeldet',
  'signedOut.text': 'Sie wurden in diesem Browser abgemeldet.',
  'signedOut.again': 'Wieder anmelden',
  'notSignedIn.title': 'Nicht angemeldet',
  'notSignedIn.text': 'In diesem Browser ist niemand angemeldet.',
  'signOut.title': 'Abmelden?',
  'signOut.button': 'Abmelden',
  'signOut.asks': '{client} bittet Sie, sich abzumelden.',
  'signOut.stay': 'Angemeldet bleiben',
  'signOut.stillOpen':
    'Die Sitzung, von der Sie abgemeldet werden sollten, ist anderswo noch geöffnet. Melden Sie sich auch dort ab.',
  'signOut.continueTo': 'Weiter zu {place}',
  'signOut.frame': 'Abmeldung von {client}',
  'provider.going': 'Weiter zu {provider}',
  'provider.goOn': 'Bei {provider} fortfahren',
  'provider.failed': 'Anmeldung fehlgeschlagen',
  'provider.notLinked':
    'Es gibt bereits ein Konto mit Ihrer E-Mail-Adresse. Melden Sie sich dort wie bisher an und verknüpfen Sie dann diese Anmeldung.',
  'provider.linkedElsewhere': 'Diese Anmeldung ist mit einem anderen Konto verknüpft.',
  'provider.limit':
    'Ihr Konto hat die Höchstzahl verknüpfter Anmeldungen erreicht. Heben Sie zuerst eine Verknüpfung auf.',
  'provider.noSignUp':
    'Auf diesem Weg können keine neuen Konten erstellt werden. Melden Sie sich mit einem Konto an, das Sie schon haben.',
  'provider.says': 'Meldung des Anbieters: „{words}“',
} as const satisfies Readonly<Partial<Record<TextKey, Phrase>>>;
