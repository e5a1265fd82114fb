import { isDisplayName } from '../../common/display-name.js';

export const UNSEEN = 'A name has no characters that nobody sees';

/** Whether a user may be called so. That there may be no name at all is for the form to say. */
export function isShowable(name: string): boolean {
  return name === '' || isDisplayName(name);
}
