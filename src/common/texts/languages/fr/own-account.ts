import type { Phrase } from '../../phrase.js';
import type { TextKey } from '../en/index.js';

/** What users change about themselves by links in mails, and what they are told of. */
export const OWN_ACCOUNT = {
  'account.email': 'Adresse e-mail',
  'account.changeEmail': 'Changer d’adresse',
  'account.notVerified': 'Il reste à confirmer que cette adresse est à vous.',
  'account.verifyEmail': 'Envoyer un lien de confirmation',
  'account.setPassword': 'Définir un mot de passe',
  'account.setPasswordAbout':
    'Vous n’avez pas encore de mot de passe. En définir un vous permet de vous connecter aussi avec votre adresse e-mail.',
  'done.verificationSent':
    'Un lien vient d’être envoyé à votre adresse. Regardez aussi parmi les courriers indésirables.',
  'done.passwordSet': 'Votre mot de passe est défini.',
  'done.emailCancelled': 'Votre adresse reste inchangée.',
  'changeEmail.title': 'Changer d’adresse e-mail',
  'changeEmail.new': 'Nouvelle adresse e-mail',
  'changeEmail.rule':
    'Nous vous envoyons un lien à cette adresse, et un autre à votre adresse actuelle si elle est confirmée.',
  'changeEmail.button': 'Envoyer le lien',
  'changeEmail.pendingConfirm': 'Votre adresse va devenir {email}. Ouvrez le lien que nous avons envoyé à {account}.',
  'changeEmail.pendingVerify': 'Votre adresse va devenir {email}. Ouvrez le lien que nous y avons envoyé.',
  'changeEmail.sent':
    'Un lien vient d’être envoyé. Regardez aussi parmi les courriers indésirables. Votre adresse changera une fois que vous aurez ouvert tous les liens.',
  'changeEmail.cancel': 'Garder l’adresse actuelle',
  'changeEmail.confirmedTitle': 'Encore une étape',
  'changeEmail.confirmed':
    'Un lien vient d’être envoyé à la nouvelle adresse. Votre adresse changera lorsque vous ouvrirez ce lien.',
  'changeEmail.doneTitle': 'Votre adresse a été modifiée',
  'changeEmail.done': 'Connectez-vous désormais avec la nouvelle adresse.',
  'changeEmail.failedTitle': 'L’adresse n’a pas été modifiée',
  'changeEmail.failed': 'Ce lien n’est plus valable. Demandez à nouveau le changement d’adresse.',
  'changeEmail.otherUser':
    'Vous utilisez en ce moment un autre compte. Connectez-vous à celui dont l’adresse doit changer, puis rouvrez le lien.',
  'undoEmail.title': 'Récupérer votre adresse',
  'undoEmail.about':
    'L’adresse de votre compte redeviendra {email}, et tous les appareils seront déconnectés. Continuez si vous n’êtes pas à l’origine du changement.',
  'undoEmail.button': 'Rétablir mon adresse',
  'undoEmail.doneTitle': 'Votre adresse est rétablie',
  'undoEmail.done':
    'Tous les appareils ont été déconnectés. Quelqu’un connaît peut-être votre mot de passe ou lit vos e-mails\u202f: définissez un nouveau mot de passe pour votre compte et pour votre messagerie.',
  'verify.again': 'Envoyer un nouveau lien',
  'delete.sent':
    'Un lien qui supprime votre compte vient d’être envoyé à votre adresse. Tant que vous ne l’ouvrez pas, rien ne se passe.',
  'delete.sentTitle': 'Consultez votre messagerie',
  'delete.mailRule': 'Nous vous envoyons par e-mail un lien qui supprime le compte.',
  'fault.EMAIL_IS_THE_SAME': 'C’est déjà votre adresse.',
  'fault.PASSWORD_ALREADY_SET': 'Vous avez déjà un mot de passe.',
  'mail.changeEmail.confirmSubject': 'Confirmez votre changement d’adresse e-mail',
  'mail.changeEmail.confirmText': 'L’adresse de votre compte {account} va devenir {email}.',
  'mail.changeEmail.confirmButton': 'Oui, changer l’adresse',
  'mail.changeEmail.verifySubject': 'Confirmez votre nouvelle adresse e-mail',
  'mail.changeEmail.verifyText':
    'Montrez que {email} est votre adresse\u202f: elle deviendra alors celle de votre compte.',
  'mail.changeEmail.verifyButton': 'Confirmer l’adresse',
  'mail.changeEmail.notYou':
    'Si vous n’avez rien demandé, n’ouvrez pas le lien\u202f: quelqu’un d’autre utilise votre compte. Changez tout de suite votre mot de passe.',
  'mail.emailChanged.text': 'L’adresse de votre compte {account} est maintenant {email}.',
  'mail.emailChanged.button': 'Rétablir mon adresse',
  'mail.emailChanged.notYou':
    'Si ce n’était pas vous, rétablissez votre adresse avec ce lien, puis définissez un nouveau mot de passe.',
  'mail.delete.subject': 'Confirmez la suppression de votre compte',
  'mail.delete.text': 'Vous nous avez demandé de supprimer votre compte {account}.',
  'mail.newSignIn.subject': 'Nouvelle connexion à votre compte',
  'mail.newSignIn.text': 'Quelqu’un s’est connecté à votre compte {account} depuis un nouvel appareil\u202f: {device}.',
  'mail.newSignIn.unknown': 'Quelqu’un s’est connecté à votre compte {account} depuis un nouvel appareil.',
  'mail.newSignIn.notYou':
    'Si ce n’était pas vous, déconnectez cet appareil et définissez tout de suite un nouveau mot de passe.',
} as const satisfies Readonly<Partial<Record<TextKey, Phrase>>>;
