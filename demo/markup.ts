/** The look of the demo's own pages: that of the library's pages, whose colours and sizes it repeats. */
const STYLE = `
:root { color-scheme: light dark; --back: #f3f4f6; --card: #fff; --text: #16181d; --soft: #565c69; --edge: #e1e4e9; --line: #8a919e;
  --accent: #1d4ed8; --on-accent: #fff; --note: #eef4ff; }
@media (prefers-color-scheme: dark) { :root { --back: #0e1014; --card: #181b21; --text: #eceef2; --soft: #a3aab8; --edge: #2b303a;
  --line: #6d7482; --accent: #8db4ff; --on-accent: #0b1730; --note: #17233d; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 3rem 1rem; max-width: 62rem; background: var(--back); color: var(--text); font: 1rem/1.5 system-ui, sans-serif; }
h1 { margin: 0 0 .75rem; font-size: 2rem; line-height: 1.2; text-wrap: balance; } h2 { margin: 0 0 .5rem; font-size: 1.125rem; }
p { margin: 0 0 1rem; } .soft { color: var(--soft); } a { color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.brand { margin-bottom: 2rem; font-size: 1.125rem; font-weight: 600; } .brand a { color: inherit; text-decoration: none; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); gap: 1rem; padding: 0; margin: 2rem 0; list-style: none; }
.cards > li, .card { display: flex; flex-direction: column; padding: 1.5rem; background: var(--card); border: 1px solid var(--edge); border-radius: .75rem; }
.cards p { flex: 1; } .card > :last-child, .tv p:last-child { margin-bottom: 0; } .card table { align-self: start; margin-bottom: 1rem; }
.button, button { display: inline-block; align-self: start; min-height: 2.75rem; padding: .625rem 1.25rem; font: inherit; font-weight: 600; cursor: pointer;
  color: var(--on-accent); background: var(--accent); border: 1px solid var(--accent); border-radius: .5rem; text-decoration: none; }
button.plain { color: var(--text); background: transparent; border-color: var(--line); }
table { border-collapse: collapse; } th, td { padding: .25rem 1.5rem .25rem 0; text-align: start; font-weight: 400; } th { color: var(--soft); }
code { font-family: ui-monospace, monospace; overflow-wrap: anywhere; }
.tv { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 2rem; align-items: center; padding: clamp(1.25rem, 5vw, 3.5rem); color: #eceef2;
  background: #0b0d12; border: .5rem solid #2b303a; border-radius: 1rem; --accent: #8db4ff; --on-accent: #0b1730; --soft: #a3aab8; --text: #eceef2; }
.tv svg { display: block; width: 11rem; height: auto; border-radius: .5rem; }
.code { font: 700 clamp(1.75rem, 7vw, 3rem)/1.3 ui-monospace, monospace; letter-spacing: .1em; }
.letters { grid-template-columns: minmax(0, 44rem); } .letter pre { margin: 0 0 1rem; font: inherit; white-space: pre-wrap; overflow-wrap: anywhere; }
@media (max-width: 40rem) { body { padding-top: 1.5rem; } .tv { grid-template-columns: minmax(0, 1fr); } }
`;

/** Markup that a page of the demo has made; everything else is escaped. */
export class Markup {
  constructor(readonly text: string) {}
}

/** Template tag: escapes every value that is not itself made by it. */
export function markup(strings: TemplateStringsArray, ...values: readonly (Markup | string | false)[]): Markup {
  const inserted = values.map((value) =>
    value instanceof Markup ? value.text : escaped(value === false ? '' : value),
  );
  return new Markup(strings.map((text, index) => text + (inserted[index] ?? '')).join(''));
}

/** A whole page of the demo. @param refreshSeconds after which the browser asks for it again; 0: never */
export function documentOf(title: string, body: Markup, refreshSeconds = 0): string {
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
${refreshSeconds > 0 && new Markup(`<meta http-equiv="refresh" content="${refreshSeconds}">`)}
<title>${title} · Acme</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
<header class="brand"><a href="/">Acme</a></header>
<main>
<h1>${title}</h1>
${body}
</main>
</body>
</html>`.text;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
