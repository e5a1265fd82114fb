import { html, type Html } from '../../html.js';
import { ENGLISH, type TextKey } from '../../texts/languages/en/index.js';
import { text } from '../../texts/text.js';

/** What a form has done: the last part of a text `done.…`. */
export type DoneKey = Extract<TextKey, `done.${string}`> extends `done.${infer Name}` ? Name : never;

/** Says what the last form has done. @param name from the query of a page: only those that we have are said */
export function doneNote(name: string | undefined): Html | false {
  const key = `done.${name}`;
  return Object.hasOwn(ENGLISH, key) && html`<p id="done" class="note" role="status">${text(key as TextKey)}</p>`;
}
