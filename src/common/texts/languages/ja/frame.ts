import type { Phrase } from '../../phrase.js';
import type { TextKey } from '../en/index.js';

/** What surrounds every page, and words that many pages share. */
export const FRAME = {
  'frame.language': '言語',
  'frame.help': 'ヘルプ',
  'frame.errorTitle': 'エラー: {title}',
  'frame.windowTitle': '{title} · {name}',
  'frame.account': 'アカウント',
  'frame.administration': '管理',
  'frame.sections': 'セクション',
  'frame.signedInAs': '{account} としてログイン中',
  'frame.oneMoment': 'お待ちください',
  'frame.continue': '続ける',
  'frame.goBack': '戻る',
  'frame.cancel': 'キャンセル',
  'frame.unknown': '不明',
  'frame.toAccount': 'アカウントに移動',
} as const satisfies Readonly<Partial<Record<TextKey, Phrase>>>;
