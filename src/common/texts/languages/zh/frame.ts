import type { Phrase } from '../../phrase.js';
import type { TextKey } from '../en/index.js';

/** What surrounds every page, and words that many pages share. */
export const FRAME = {
  'frame.language': '语言',
  'frame.help': '帮助',
  'frame.errorTitle': '错误：{title}',
  'frame.windowTitle': '{title} · {name}',
  'frame.account': '您的账号',
  'frame.administration': '管理',
  'frame.sections': '栏目',
  'frame.signedInAs': '已登录：{account}',
  'frame.oneMoment': '请稍候',
  'frame.continue': '继续',
  'frame.goBack': '返回',
  'frame.cancel': '取消',
  'frame.unknown': '未知',
  'frame.toAccount': '前往您的账号',
} as const satisfies Readonly<Partial<Record<TextKey, Phrase>>>;
