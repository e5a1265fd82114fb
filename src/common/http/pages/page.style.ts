/**
 * The style sheet of our pages. It stands in the page itself and is named in the policy by its digest. Sides are logical (`inline-start`),
 * for languages that are written from the right.
 */
export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --back: #f3f4f6; --card: #fff; --text: #16181d; --soft: #565c69; --line: #8a919e; --edge: #e1e4e9;
  --accent: #1d4ed8; --on-accent: #fff; --link: #1d4ed8;
  --bad: #b3161b; --bad-back: #fdecec; --warn: #6b4300; --warn-back: #fff4d6; --good: #14652f; --note-back: #eef4ff;
  --font: system-ui, sans-serif; --radius: .75rem; --width: 28rem; --wide: 62rem; --shadow: 0 1px 2px rgb(16 24 40 / .06), 0 8px 24px rgb(16 24 40 / .06);
}
@media (prefers-color-scheme: dark) {
  :root {
    --back: #0e1014; --card: #181b21; --text: #eceef2; --soft: #a3aab8; --line: #6d7482; --edge: #2b303a;
    --accent: #8db4ff; --on-accent: #0b1730; --link: #8db4ff;
    --bad: #ffa5a5; --bad-back: #3a1719; --warn: #ffd78a; --warn-back: #33280f; --good: #7fd79c; --note-back: #17233d;
    --shadow: none;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; padding: 1.5rem 1rem; min-height: 100vh; display: grid; gap: 1rem;
  grid-template: auto auto auto / minmax(0, var(--width)); align-content: center; justify-content: center;
  background: var(--back); color: var(--text); font: 1rem/1.5 var(--font);
}
main {
  min-width: 0; padding: 2rem 2rem 1rem; overflow-wrap: anywhere;
  background: var(--card); border: 1px solid var(--edge); border-radius: var(--radius); box-shadow: var(--shadow);
}
.brand { display: flex; gap: .75rem; align-items: center; font-size: 1.125rem; font-weight: 600; overflow-wrap: anywhere; }
.brand img { max-width: 12rem; max-height: 3rem; }
h1 { margin: 0 0 1rem; font-size: 1.5rem; line-height: 1.25; text-wrap: balance; }
h2 { margin: 1.5rem 0 .5rem; font-size: 1.0625rem; line-height: 1.35; }
h3 { margin: 1rem 0 .25rem; font-size: .875rem; color: var(--soft); }
p, ul, ol, dl, form, table, fieldset, figure, details { margin: 0 0 1rem; }
ul { padding-inline-start: 1.25rem; }
ul.soft, ul.links, ul.cards, .sections ul, .languages ul { padding: 0; list-style: none; }
fieldset { padding: 0; border: 0; }
legend { padding: 0; margin-bottom: .25rem; font-weight: 600; }
label { display: block; margin-bottom: .25rem; font-weight: 600; }
label.choice { position: relative; font-weight: 400; padding-block: .25rem; padding-inline-start: 1.75rem; }
.soft { color: var(--soft); font-size: .875rem; }
label + .soft, legend + .soft { margin-bottom: .5rem; }
input, select {
  width: 100%; min-height: 2.75rem; margin-bottom: 1rem; padding: .625rem .75rem; font: inherit;
  color: var(--text); background: var(--card); border: 1px solid var(--line); border-radius: calc(var(--radius) * .66);
}
input[aria-invalid=true] { border-color: var(--bad); border-width: 2px; margin-bottom: .25rem; }
.fault { margin: 0 0 1rem; color: var(--bad); font-size: .875rem; }
input[type=checkbox], input[type=radio] { position: absolute; inset-inline-start: 0; inset-block-start: .4375rem; width: 1.125rem; height: 1.125rem; min-height: 0; margin: 0; accent-color: var(--link); }
button, a.button {
  display: block; width: 100%; min-height: 2.75rem; padding: .625rem 1rem; font: inherit; font-weight: 600; cursor: pointer;
  text-align: center; text-decoration: none;
  color: var(--on-accent); background: var(--accent); border: 1px solid var(--accent); border-radius: calc(var(--radius) * .66);
}
button.plain, a.plain { color: var(--text); background: transparent; border-color: var(--line); }
button.bad, a.bad { color: var(--bad); background: transparent; border-color: var(--bad); }
button.small, a.small { display: inline-block; width: auto; min-height: 2.25rem; padding: .25rem .875rem; }
button:hover, a.button:hover { filter: brightness(1.08); }
button svg, h2 svg { width: 1.25rem; height: 1.25rem; margin-inline-end: .625rem; vertical-align: -.25rem; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
input:focus-visible, select:focus-visible { outline-width: 2px; outline-offset: 0; border-color: var(--link); }
.row { display: flex; flex-wrap: wrap; gap: .75rem; }
.row > * { flex: 1 1 8rem; width: auto; }
.stack { display: grid; gap: .75rem; margin-bottom: 1rem; }
.stack form { margin: 0; }
.note, .error, .warning {
  margin: 0 0 1rem; padding: .75rem 1rem; background: var(--note-back);
  border: solid transparent; border-width: 1px; border-inline-start: 4px solid var(--link); border-radius: calc(var(--radius) * .5);
}
.note > :last-child, .error > :last-child, .warning > :last-child { margin-bottom: 0; }
.error { color: var(--bad); background: var(--bad-back); border-inline-start-color: var(--bad); }
.warning { color: var(--warn); background: var(--warn-back); border-inline-start-color: var(--warn); }
.new { padding: 0 .5rem; border-radius: 1rem; font-size: .75rem; color: var(--on-accent); background: var(--accent); }
.tag { padding: .0625rem .5rem; border: 1px solid var(--line); border-radius: 1rem; font-size: .75rem; white-space: nowrap; }
.client { display: flex; gap: 1rem; align-items: center; margin-bottom: 1rem; }
.client p, .client h2 { margin: 0; min-width: 0; }
.who { padding: .5rem 0; border-block: 1px solid var(--edge); }
.logo, .initial { flex: none; width: 3rem; height: 3rem; border-radius: calc(var(--radius) * .66); object-fit: contain; }
.initial { display: grid; place-items: center; font-size: 1.375rem; font-weight: 600; background: var(--note-back); }
.picture { display: block; width: 3.5rem; height: 3.5rem; margin: 0 0 1rem; color: var(--link); }
.picture.good { color: var(--good); } .picture.bad { color: var(--bad); } .picture.warn { color: var(--warn); }
body:not(.wide) main:has(> .picture) { display: flex; flex-direction: column; align-items: stretch; text-align: center; }
body:not(.wide) main > .picture { order: -1; align-self: center; }
.qr { display: block; width: 12rem; max-width: 100%; height: auto; margin-block: 1rem; border-radius: calc(var(--radius) * .66); }
code, .code { font-family: ui-monospace, monospace; overflow-wrap: anywhere; }
.code { font-size: 1.5rem; line-height: 1.5; letter-spacing: .15em; text-align: center; text-transform: uppercase; }
p.code { padding: .5rem; border: 1px solid var(--line); border-radius: calc(var(--radius) * .66); font-weight: 600; }
.secret { display: block; padding: .75rem 1rem; border: 1px solid var(--line); border-radius: calc(var(--radius) * .66); user-select: all; }
.rule { display: flex; gap: .75rem; align-items: center; margin: 1.5rem 0; color: var(--soft); font-size: .875rem; }
.rule::before, .rule::after { content: ''; flex: 1; border-top: 1px solid var(--edge); }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
footer { color: var(--soft); font-size: .875rem; display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; align-items: center; }
footer > * { margin: 0; }
footer > p { order: 1; width: 100%; }
footer a, footer summary { padding: .25rem 0; color: inherit; }
footer a { display: inline-block; }
footer .links, .languages ul { display: flex; flex-wrap: wrap; gap: 0 1.25rem; }
.languages { margin-inline-start: auto; }
.languages[open] { margin: 0; width: 100%; }
summary { cursor: pointer; }
main summary { padding: .25rem 0; } main details[open] > summary { margin-bottom: .5rem; }
.codes { columns: 2 9rem; max-width: 26rem; padding-inline-start: 2.25rem; }
button + .error { margin-top: 1rem; }
body.wide { grid-template: auto auto auto / minmax(0, 14rem) minmax(0, 1fr); justify-content: center; align-content: start; max-width: var(--wide); margin: 0 auto; gap: 1.5rem; }
.wide .brand, .wide footer { grid-column: 1 / -1; }
.sections { min-width: 0; overflow-wrap: anywhere; }
.sections a { display: block; padding: .5rem .75rem; border-radius: calc(var(--radius) * .66); color: inherit; text-decoration: none; }
.sections a:hover { text-decoration: underline; }
.sections a[aria-current] { background: var(--card); font-weight: 600; box-shadow: inset 3px 0 var(--link); }
[dir=rtl] .sections a[aria-current] { box-shadow: inset -3px 0 var(--link); }
.cards > li { padding: 1rem; margin-bottom: .75rem; border: 1px solid var(--edge); border-radius: calc(var(--radius) * .66); }
.cards h2 { margin-top: 0; } .cards > li > h3:first-child { margin-top: 0; font-size: 1rem; color: inherit; } .cards p { margin-bottom: .5rem; } .cards > li > :last-child { margin-bottom: 0; } .cards form { display: inline-block; margin: 0; margin-inline-end: .5rem; }
table { width: 100%; border-collapse: collapse; } th, td { padding: .5rem .5rem; text-align: start; vertical-align: top; border-bottom: 1px solid var(--edge); }
.usage svg { display: block; width: 100%; max-width: 24rem; height: auto; color: var(--link); }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .25rem 1rem; } dt { color: var(--soft); } dd { margin: 0; } dd > p { margin: 0; }
@media (prefers-color-scheme: dark) { button svg circle, h2 svg circle { stroke: var(--line); } }
@media (min-width: 46.01rem) {
  .cards > li:has(> form:last-child) { display: grid; grid-template-columns: minmax(0, 1fr) auto; column-gap: 1rem; }
  .cards > li > * { grid-column: 1; }
  .cards > li > :has(+ form:last-child) { margin-bottom: 0; }
  .cards > li > form:last-child { grid-column: 2; grid-row: 1 / span 9; align-self: start; margin-inline-end: 0; }
}
@media (max-width: 46rem) {
  body.wide { grid-template-columns: minmax(0, 1fr); }
  .sections { padding-bottom: .75rem; border-bottom: 1px solid var(--edge); }
  .sections ul { display: flex; flex-wrap: wrap; gap: .375rem; margin: 0 0 .75rem; }
  .sections a { padding: .25rem .625rem; font-size: .875rem; border: 1px solid var(--edge); }
  .sections a[aria-current], [dir=rtl] .sections a[aria-current] { box-shadow: inset 0 -2px var(--link); border-color: var(--link); }
  .sections > form, .sections > p { display: inline-block; margin: 0; margin-inline-end: .75rem; }
}
@media (max-width: 30rem) {
  body { padding: 1rem; background: var(--card); align-content: start; grid-template-columns: minmax(0, 1fr); }
  main { padding: .5rem 0 0; border: 0; border-radius: 0; box-shadow: none; }
  dl { grid-template-columns: minmax(0, 1fr); gap: 0; } dd { margin-bottom: .5rem; }
}
a.bad { color: var(--bad); background: transparent; border-color: var(--bad); }
.row > a.button { flex: 1 1 8rem; width: auto; }
textarea {
  width: 100%; margin-bottom: 1rem; padding: .625rem .75rem; font: .9375rem/1.5 ui-monospace, monospace; resize: vertical;
  color: var(--text); background: var(--card); border: 1px solid var(--line); border-radius: calc(var(--radius) * .66);
}
textarea[aria-invalid=true] { border-color: var(--bad); border-width: 2px; margin-bottom: .25rem; }
.steps { display: flex; flex-wrap: wrap; gap: 0 1rem; align-items: center; } .steps a { padding: .25rem 0; }
`;
