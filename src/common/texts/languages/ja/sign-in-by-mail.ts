import type { Phrase } from '../../phrase.js';
import type { TextKey } from '../en/index.js';

/** Sign-in by a link or a code that comes by mail. */
export const SIGN_IN_BY_MAIL = {
  'byMail.link': 'リンクをメールで受け取る',
  'byMail.code': 'コードをメールで受け取る',
  'byMail.linkTitle': 'リンクでログイン',
  'byMail.codeTitle': 'コードでログイン',
  'byMail.linkAbout': 'メールアドレスを入力してください。ログイン用のリンクをお送りします。',
  'byMail.codeAbout': 'メールアドレスを入力してください。ログイン用のコードをお送りします。',
  'byMail.linkButton': 'リンクを送信',
  'byMail.codeButton': 'コードを送信',
  'byMail.back': 'ほかのログイン方法',
  'byMail.sentTitle': 'メールをご確認ください',
  'byMail.linkSent':
    'このアドレスでログインできる場合は、リンクをお送りしています。このブラウザーで開いてください。迷惑メールもご確認のうえ、届かない場合はもう一度お試しください。',
  'byMail.codeSent':
    '{account} でログインできる場合は、コードをお送りしています。迷惑メールもご確認のうえ、届かない場合はもう一度お試しください。',
  'byMail.enterTitle': 'コードの入力',
  'byMail.codeLabel': 'コード',
  'byMail.codeRule': '6 桁の数字です。何度か間違えると、しばらく入力できなくなります。',
  'byMail.again': '新しいコードを送信',
  'byMail.confirmTitle': 'ここでログインしますか？',
  'byMail.confirm': 'このリンクを使うと、{account} としてログインします。',
  'byMail.confirmOther':
    'このリンクは別のブラウザーまたはアプリで申し込まれました。ご自身で申し込んだ場合にのみ続けてください。',
  'byMail.confirmInstead':
    '現在は {account} としてログインしています。続けると、このアカウントからはログアウトします。',
  'byMail.confirmButton': '{account} としてログイン',
  'fault.INVALID_OTP': 'コードが正しくないか、無効になっています。',
  'fault.MAGIC_LINK_INVALID': 'このリンクは無効です。新しいリンクを申し込んでください。',
  'mail.magicLink.subject': 'ログイン用のリンク',
  'mail.magicLink.text': '{account} でログインするためのリンクの申し込みがありました。',
  'mail.magicLink.button': 'ログイン',
  'mail.code.signIn': 'ログイン用のコード',
  'mail.code.verify': 'アドレス確認用のコード',
  'mail.code.reset': 'パスワード再設定用のコード',
  'mail.code.change': 'アドレス変更用のコード',
  'mail.code.signInText': '{account} でログインするためのコードの申し込みがありました。コードは次のとおりです。',
  'mail.code.verifyText': '{account} がご自身のアドレスであることを、次のコードで確認してください。',
  'mail.code.resetText': '{account} の新しいパスワードの申し込みがありました。コードは次のとおりです。',
  'mail.code.changeText': '{account} をアカウントのアドレスにする申し込みがありました。コードは次のとおりです。',
  'mail.code.notYou': 'お心当たりがない場合は、何もする必要はありません。コードは誰にも教えないでください。',
  'mail.changed.owner': 'アドレスが確認され、以前の設定は無効になりました',
} as const satisfies Readonly<Partial<Record<TextKey, Phrase>>>;
