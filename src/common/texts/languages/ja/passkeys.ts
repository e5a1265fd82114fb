import type { Phrase } from '../../phrase.js';
import type { TextKey } from '../en/index.js';

/** Passkeys: on the sign-in page, in the account, and the mail about them. */
export const PASSKEYS = {
  'account.passkeys': 'パスキー',
  'passkeys.signIn': 'パスキーでログイン',
  'passkeys.signInWithout':
    'パスキーには JavaScript が必要です。使用できない場合は、ほかの方法でログインしてください。',
  'passkeys.use': 'パスキーを使用',
  'passkeys.useTitle': 'パスキーで確認',
  'passkeys.useAbout': '続けるには、パスキーでご本人であることを確認してください。',
  'passkeys.useWithout': 'パスキーには JavaScript が必要です。使用できない場合は、ほかの方法を選択してください。',
  'passkeys.otherWay': '別の方法でログイン',
  'passkeys.about':
    'パスキーを使うと、指紋、顔、またはデバイスの画面ロックでログインできます。ほかのサイトがこのパスキーを要求することはできません。',
  'passkeys.none': 'パスキーはまだありません。',
  'passkeys.add': 'パスキーを追加',
  'passkeys.addWithout':
    'パスキーの追加には JavaScript が必要です。使用できない場合でも、追加済みのパスキーの名前の変更と削除、およびこれまでどおりのログインは可能です。',
  'passkeys.name': '名前',
  'passkeys.nameRule': '「自分のスマートフォン」など、見分けやすい名前にしてください。',
  'passkeys.unnamed': '名前のないパスキー',
  'passkeys.since': '追加日',
  'passkeys.lastUsed': '最終使用',
  'passkeys.never': '未使用',
  'passkeys.kept': '保存先',
  'passkeys.keptHere': '1 台のデバイスのみ',
  'passkeys.keptShared': 'パスワードマネージャー（複数のデバイスで使用可能）',
  'passkeys.rename': '名前を変更',
  'passkeys.remove': '削除',
  'passkeys.failed': 'うまくいかなかったか、キャンセルされました。もう一度試すか、別の方法でログインしてください。',
  'done.passkeyAdded': 'パスキーを追加しました。',
  'done.passkeyRemoved': 'パスキーを削除しました。デバイスまたはパスワードマネージャーからも削除してください。',
  'fault.CHALLENGE_NOT_FOUND': 'ページを開いてから時間が経過しています。もう一度読み込んでください。',
  'fault.FAILED_TO_VERIFY_REGISTRATION': 'このパスキーはここでは使用できません。',
  'fault.PREVIOUSLY_REGISTERED': 'このパスキーはすでに追加されています。',
  'fault.PASSKEY_LIMIT_REACHED': 'パスキーをこれ以上追加できません。先にいずれかのパスキーを削除してください。',
  'fault.PASSKEY_NOT_FOUND': 'このパスキーはここに登録されていません。アカウントから削除された可能性があります。',
  'fault.AUTHENTICATION_FAILED':
    'このパスキーは受け付けられませんでした。もう一度試すか、別の方法でログインしてください。',
  'fault.LAST_SIGN_IN_METHOD': 'これが唯一のログイン方法です。先に別の方法を追加してください。',
  'mail.passkeyCopied.subject': 'パスキーが複製された可能性があります',
  'mail.passkeyCopied.text':
    'パスキー「{passkey}」による {account} へのログインを拒否しました。複製されたパスキーと思われます。',
  'mail.passkeyCopied.do':
    'デバイスをバックアップから復元していない場合は、このパスキーをアカウントから削除し、新しいパスキーを追加してください。',
} as const satisfies Readonly<Partial<Record<TextKey, Phrase>>>;
