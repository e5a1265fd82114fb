import type { Phrase } from '../../phrase.js';
import type { TextKey } from '../en/index.js';

/** What went wrong, by the code of the error, and what people can do about it. */
export const ERRORS = {
  'error.title': '出错了',
  'error.client': '此链接或表单不完整，或已过期。',
  'error.clientDo': '请返回您之前的页面，然后重新开始。',
  'error.notFoundTitle': '找不到页面',
  'error.notFound': '地址可能有误，或者该页面已不存在。',
  'error.limitTitle': '尝试次数过多',
  'error.limit': '请等待{time}，然后重试。',
  'error.awayTitle': '我们马上回来',
  'error.away': '我们这边出现了问题，但没有丢失任何内容。请稍后重试。',
  'error.tryAgain': '重试',
  'error.details': '面向开发者的详细信息',
  'error.help': '获取帮助',
  'fault.INVALID_EMAIL_OR_PASSWORD': '电子邮箱或密码不正确。',
  'fault.INVALID_EMAIL': '请输入有效的电子邮箱。',
  'fault.INVALID_PASSWORD': '密码不正确。',
  'fault.PASSWORD_TOO_SHORT': '此密码过短。',
  'fault.PASSWORD_TOO_LONG': '此密码过长。',
  'fault.NAME_MISSING': '请输入您的姓名。',
  'fault.NAME_UNSEEN': '请输入至少包含一个可见字符的姓名。',
  'fault.USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL': '已有账号使用此电子邮箱。请登录，或使用其他邮箱。',
  'fault.IMAGE_NOT_WEB': '请输入网址。',
  'fault.EMAIL_NOT_VERIFIED': '请先验证您的电子邮箱：打开我们发送给您的邮件。',
  'fault.SESSION_NOT_FRESH': '请重新登录以执行此操作。',
  'fault.FAILED_TO_UNLINK_LAST_ACCOUNT': '这是您唯一的登录方式。请先添加另一种方式。',
} as const satisfies Readonly<Partial<Record<TextKey, Phrase>>>;
