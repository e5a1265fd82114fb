import { html, type Html } from '../../common/html.js';
import type { AccountVisitor } from '../../common/http/areas/account-area.js';
import type { AdministrationArea } from '../../common/http/areas/administration-area.js';
import { field } from '../../common/http/pages/field.js';
import type { SessionView } from '../../common/ports/sessions.js';
import type { UserPage } from '../../common/ports/user-directory.js';
import { text } from '../../common/texts/text.js';
import { day } from '../../common/texts/time.js';
import type { AdministeredUserView } from '../administration/administered-users.js';
import { sessionCard } from './session-card.js';
import { BAN, END_ALL, UNBAN, USERS_PATH } from './users.paths.js';

const BAN_DAYS = [1, 7, 30, 365];

export function searchForm(area: AdministrationArea, who: string, isUnknown: boolean): Html {
  return html`<form method="get" action="${area.urlOf(USERS_PATH)}" role="search">
    ${field({
      id: 'who',
      label: text('users.who'),
      fault: isUnknown && text('users.none'),
      attributes: html`type="search" maxlength="320" autocomplete="off" spellcheck="false" value="${who}"`,
    })}
    <button id="search" class="small">${text('admin.search')}</button>
  </form>`;
}

/** A page of users, each leading to the page of one. */
export function usersList(area: AdministrationArea, { users, next }: UserPage, who: string): Html | false {
  return (
    users.length > 0 &&
    html`<ul id="users" class="cards">
        ${users.map(
          (user) =>
            html`<li>
              <h2>
                <a href="${area.urlOf(USERS_PATH, { who: user.id })}"><bdi>${user.name || user.email}</bdi></a>
              </h2>
              <p><bdi>${user.email}</bdi></p>
            </li>`,
        )}
      </ul>
      ${next !== null && html`<p class="steps"><a id="older" rel="next" href="${area.urlOf(USERS_PATH, { who, after: next })}">${text('admin.older')}</a></p>`}`
  );
}

/** Who they are, and the form that bans them, or lifts the ban. */
export function userPart(area: AdministrationArea, user: AdministeredUserView, visitor: AccountVisitor): Html {
  return html`<section id="user">
    <h2><bdi>${user.name || user.email}</bdi></h2>
    <dl>
      <dt>${text('users.email')}</dt>
      <dd><bdi>${user.email}</bdi> ${text(user.emailVerified ? 'users.verified' : 'users.notVerified')}</dd>
      <dt>${text('users.id')}</dt>
      <dd><code>${user.id}</code></dd>
      <dt>${text('users.roles')}</dt>
      <dd id="roles">${user.roles?.length ? html`<bdi>${user.roles.join(', ')}</bdi>` : text('users.noRoles')}</dd>
      <dt>${text('users.since')}</dt>
      <dd>${day(user.createdAt)}</dd>
      ${user.banned && banFacts(user)}
    </dl>
    ${user.id !== visitor.user.id && (user.banned ? unbanForm(area, user.id, visitor) : banForm(area, user.id, visitor))}
  </section>`;
}

function banFacts({ banReason, banExpires }: AdministeredUserView): Html {
  return html`<dt>${text(banExpires ? 'users.bannedUntil' : 'users.banned')}</dt>
    <dd id="banned">${banExpires ? day(banExpires) : text('users.banForever')}</dd>
    ${
      banReason !== null &&
      html`<dt>${text('users.banReason')}</dt>
        <dd id="ban-reason"><bdi>${banReason}</bdi></dd>`
    }`;
}

function unbanForm(area: AdministrationArea, user: string, visitor: AccountVisitor): Html {
  return area.form(UNBAN, visitor, { user }, html`<button id="unban" class="small">${text('users.unban')}</button>`);
}

function banForm(area: AdministrationArea, user: string, visitor: AccountVisitor): Html {
  const options = BAN_DAYS.map(
    (count) => html`<option value="${String(count)}">${text('keys.days', { count })}</option>`,
  );
  const content = html`${field({
      id: 'reason',
      label: text('users.banReason'),
      hint: text('users.banReasonRule'),
      attributes: html`type="text" maxlength="500" autocomplete="off"`,
    })}
    <label for="days">${text('users.banFor')}</label>
    <select id="days" name="days">
      <option value="">${text('users.banForever')}</option>
      ${options}
    </select>
    <button id="ban" class="bad small">${text('users.ban')}</button>`;
  return html`<details>
    <summary>${text('users.ban')}</summary>
    <p class="warning">${text('users.banAbout')}</p>
    ${area.form(BAN, visitor, { user }, content)}
  </details>`;
}

/** Where they are signed in, each with the button that ends it. */
export function sessionsPart(
  area: AdministrationArea,
  sessions: readonly SessionView[],
  user: string,
  visitor: AccountVisitor,
): Html {
  const cards = sessions.map((session) => {
    const end = html`<button class="bad small">${text('sessions.end')}</button>`;
    const form = area.form('/administration/users/end-session', visitor, { user, session: session.id }, end);
    return sessionCard(session, session.id === visitor.principal.sessionId, form);
  });
  const list = html`<ul class="cards">
      ${cards}
    </ul>
    <p>
      <a id="ask-end-all" class="button bad small" href="${area.urlOf(END_ALL, { user })}">${text('users.endAll')}</a>
    </p>`;
  return html`<section id="sessions">
    <h2>${text('users.sessions')}</h2>
    ${cards.length === 0 ? html`<p id="none">${text('users.noSessions')}</p>` : list}
  </section>`;
}
