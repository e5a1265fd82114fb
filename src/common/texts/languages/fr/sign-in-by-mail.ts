import type { Phrase } from '../../phrase.js';
import type { TextKey } from '../en/index.js';

/** Sign-in by a link or a code that comes by mail. */
export const SIGN_IN_BY_MAIL = {
  'byMail.link': 'Recevoir un lien par e-mail',
  'byMail.code': 'Recevoir un code par e-mail',
  'byMail.linkTitle': 'Se connecter avec un lien',
  'byMail.codeTitle': 'Se connecter avec un code',
  'byMail.linkAbout': 'Indiquez votre adresse e-mail. Nous vous envoyons un lien pour vous connecter.',
  'byMail.codeAbout': 'Indiquez votre adresse e-mail. Nous vous envoyons un code pour vous connecter.',
  'byMail.linkButton': 'Envoyer le lien',
  'byMail.codeButton': 'Envoyer le code',
  'byMail.back': 'Autres méthodes de connexion',
  'byMail.sentTitle': 'Consultez votre messagerie',
  'byMail.linkSent':
    'Si vous pouvez vous connecter avec cette adresse, un lien vient d’y être envoyé. Ouvrez-le dans ce navigateur. Regardez aussi parmi les courriers indésirables avant d’en demander un autre.',
  'byMail.codeSent':
    'Si vous pouvez vous connecter avec {account}, un code vient d’être envoyé à cette adresse. Regardez aussi parmi les courriers indésirables avant d’en demander un autre.',
  'byMail.enterTitle': 'Saisissez le code',
  'byMail.codeLabel': 'Code',
  'byMail.codeRule': 'Six chiffres. Après quelques codes incorrects, vous devrez patienter.',
  'byMail.again': 'Envoyer un autre code',
  'byMail.confirmTitle': 'Se connecter ici\u202f?',
  'byMail.confirm': 'Ce lien vous connecte en tant que {account}.',
  'byMail.confirmOther':
    'Il a été demandé dans un autre navigateur ou une autre application. Continuez uniquement si cette demande vient de vous.',
  'byMail.confirmInstead': 'Le compte {account}, connecté en ce moment dans ce navigateur, sera déconnecté.',
  'byMail.confirmButton': 'Se connecter en tant que {account}',
  'fault.INVALID_OTP': 'Ce code est incorrect ou n’est plus valable.',
  'fault.MAGIC_LINK_INVALID': 'Ce lien n’est plus valable. Demandez-en un nouveau.',
  'mail.magicLink.subject': 'Votre lien de connexion',
  'mail.magicLink.text': 'Quelqu’un, vous sans doute, veut se connecter avec {account}.',
  'mail.magicLink.button': 'Se connecter',
  'mail.code.signIn': 'Votre code de connexion',
  'mail.code.verify': 'Votre code pour confirmer votre adresse',
  'mail.code.reset': 'Votre code pour choisir un nouveau mot de passe',
  'mail.code.change': 'Votre code pour changer d’adresse',
  'mail.code.signInText': 'Quelqu’un, vous sans doute, veut se connecter avec {account}. Voici le code\u202f:',
  'mail.code.verifyText': 'Montrez avec ce code que {account} est votre adresse\u202f:',
  'mail.code.resetText':
    'Quelqu’un, vous sans doute, a demandé un nouveau mot de passe pour {account}. Voici le code\u202f:',
  'mail.code.changeText':
    'Quelqu’un, vous sans doute, veut utiliser {account} comme adresse de son compte. Voici le code\u202f:',
  'mail.code.notYou': 'Si vous n’avez rien demandé, ne faites rien et ne communiquez ce code à personne.',
  'mail.changed.owner': 'Votre adresse est confirmée, et tout accès configuré auparavant a pris fin',
} as const satisfies Readonly<Partial<Record<TextKey, Phrase>>>;
