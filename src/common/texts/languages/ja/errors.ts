import type { Phrase } from '../../phrase.js';
import type { TextKey } from '../en/index.js';

/** What went wrong, by the code of the error, and what people can do about it. */
export const ERRORS = {
  'error.title': '問題が発生しました',
  'error.client': 'このリンクまたはフォームは不完全か、有効期限が切れています。',
  'error.clientDo': '元のページに戻って、最初からやり直してください。',
  'error.notFoundTitle': 'ページが見つかりません',
  'error.notFound': 'アドレスが間違っているか、ページがなくなった可能性があります。',
  'error.limitTitle': '試行回数が多すぎます',
  'error.limit': '{time}待ってから、もう一度お試しください。',
  'error.awayTitle': 'まもなく復旧します',
  'error.away':
    'サーバー側で問題が発生していますが、失われたものはありません。しばらくしてからもう一度お試しください。',
  'error.tryAgain': 'もう一度試す',
  'error.details': '開発者向けの詳細',
  'error.help': 'サポートを受ける',
  'fault.limit': '試行回数が多すぎます。{time}待ってから、もう一度お試しください。',
  'fault.EMAIL_PASSWORD_SIGN_UP_DISABLED':
    'ここでは新しいアカウントを作成できません。すでにお持ちのアカウントでログインしてください。',
  'fault.INVALID_EMAIL_OR_PASSWORD': 'メールアドレスまたはパスワードが正しくありません。',
  'fault.INVALID_EMAIL': '有効なメールアドレスを入力してください。',
  'fault.INVALID_PASSWORD': 'パスワードが正しくありません。',
  'fault.PASSWORD_TOO_SHORT': 'パスワードが短すぎます。',
  'fault.PASSWORD_TOO_LONG': 'パスワードが長すぎます。',
  'fault.NAME_MISSING': '名前を入力してください。',
  'fault.NAME_UNSEEN': '目に見える文字を 1 文字以上含む名前を入力してください。',
  'fault.USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL':
    'このメールアドレスのアカウントはすでに存在します。ログインするか、別のメールアドレスを使用してください。',
  'fault.IMAGE_NOT_WEB': 'ウェブアドレスを入力してください。',
  'fault.BANNED_USER': 'このアカウントは利用停止中です。誤りと思われる場合はサポートにお問い合わせください。',
  'fault.EMAIL_NOT_VERIFIED': '先にメールアドレスを確認してください。お送りしたメールを開いてください。',
  'fault.IMPERSONATED': 'この操作はユーザー本人のみが行えます。',
  'fault.SESSION_NOT_FRESH': 'この操作を行うには、もう一度ログインしてください。',
  'fault.FAILED_TO_UNLINK_LAST_ACCOUNT': 'これが唯一のログイン方法です。先に別の方法を追加してください。',
  'fault.REQUEST_ANSWERED': 'このリクエストにはすでに回答しています。',
  'fault.REQUEST_EXPIRED': 'このリクエストは有効期限が切れています。',
  'fault.UNKNOWN_REQUEST': 'このリクエストは存在しないか、有効期限が切れています。',
  'fault.USER_CODE_UNKNOWN':
    'このコードで待機しているデバイスはありません。コードを確認して、もう一度入力してください。',
  'fault.USER_CODE_EXPIRED': 'このコードは有効期限が切れています。デバイスで新しいコードを取得してください。',
  'fault.USER_CODE_DECIDED': 'このリクエストにはすでに回答済みです。デバイスで新しいコードを取得してください。',
  'fault.USER_CODE_NOT_OPENED': 'コードの内容を確認するため、もう一度入力してください。',
  'fault.USER_CODE_OF_ANOTHER':
    'このコードは別のアカウントで開かれています。デバイスで新しいコードを取得してください。',
} as const satisfies Readonly<Partial<Record<TextKey, Phrase>>>;
