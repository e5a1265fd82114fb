/**
 * The style sheet of our pages. It stands in the page itself and is named in the policy by its digest. It has no quotes, ampersands or
 * angle brackets, so that escaping does not change it.
 */
export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --back: #f3f4f6; --card: #fff; --text: #16181d; --soft: #565c69; --line: #8a919e; --edge: #e1e4e9;
  --accent: #1d4ed8; --on-accent: #fff; --bad: #b3161b; --bad-back: #fdecec; --good-back: #eef4ff;
}
@media (prefers-color-scheme: dark) {
  :root {
    --back: #0e1014; --card: #181b21; --text: #eceef2; --soft: #a3aab8; --line: #6d7482; --edge: #2b303a;
    --accent: #8db4ff; --on-accent: #0b1730; --bad: #ffa5a5; --bad-back: #3a1719; --good-back: #17233d;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; padding: 1rem; min-height: 100vh; display: grid; place-items: center;
  background: var(--back); color: var(--text); font: 1rem/1.5 system-ui, sans-serif;
}
main {
  width: 100%; max-width: 26rem; min-width: 0; padding: 2rem 2rem 1rem; overflow-wrap: anywhere;
  background: var(--card); border: 1px solid var(--edge); border-radius: .75rem;
}
h1 { margin: 0 0 1rem; font-size: 1.5rem; line-height: 1.25; text-wrap: balance; }
h2 { margin: 1.5rem 0 .5rem; font-size: 1rem; }
p, ul, form { margin: 0 0 1rem; }
ul { padding-left: 1.25rem; }
ul.soft { padding: 0; list-style: none; }
label { display: block; margin-bottom: .25rem; font-weight: 600; }
.soft { color: var(--soft); font-size: .875rem; }
label + .soft { margin-bottom: .5rem; }
input {
  width: 100%; margin-bottom: 1rem; padding: .625rem .75rem; font: inherit;
  color: var(--text); background: var(--card); border: 1px solid var(--line); border-radius: .5rem;
}
input[type=checkbox], input[type=radio] { width: auto; margin: 0 .5rem 0 0; }
button {
  width: 100%; min-height: 2.75rem; padding: .625rem 1rem; font: inherit; font-weight: 600; cursor: pointer;
  color: var(--on-accent); background: var(--accent); border: 1px solid var(--accent); border-radius: .5rem;
}
button.plain { color: var(--text); background: transparent; border-color: var(--line); }
button:hover { filter: brightness(1.08); }
a { color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.row { display: flex; gap: .75rem; }
.stack { display: grid; gap: .75rem; margin-bottom: 1rem; }
.stack form { margin: 0; }
.note, .error { padding: .75rem 1rem; border-radius: .5rem; background: var(--good-back); }
.error { color: var(--bad); background: var(--bad-back); }
.new { padding: 0 .5rem; border-radius: 1rem; font-size: .75rem; color: var(--on-accent); background: var(--accent); }
.logo { display: block; max-width: 8rem; max-height: 4rem; margin: 0 0 1rem; }
.code { font: 1.5rem/1.5 ui-monospace, monospace; letter-spacing: .15em; text-transform: uppercase; }
.rule { margin: 1.5rem 0; border: 0; border-top: 1px solid var(--edge); }
@media (max-width: 30rem) {
  body { padding: 0; place-items: stretch; background: var(--card); }
  main { max-width: none; padding: 1.5rem 1.25rem .5rem; border: 0; border-radius: 0; }
}
`;
