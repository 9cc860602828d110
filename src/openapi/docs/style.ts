/** How the page looks, by day and by night. */

export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #fcfbfa; --card: #fff; --ink: #1c1b22; --soft: #6b6875; --line: #e7e4e0; --accent: #b3243f;
  --panel: #faf8f6; --code: #3b3947; --key: #8a4b08; --text: #1d6f42; --value: #7a3db8; --type: #23628f; --shade: #f2efec;
  --get: #1a5bc4; --post: #146c3e; --put: #8a4f00; --delete: #c2304a; --other: #7a3db8;
  --s2: #146c3e; --s3: #1a5bc4; --s4: #8a4f00; --s5: #b3243f;
  --mono: ui-monospace, 'SF Mono', SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #131217; --card: #1a191f; --ink: #e9e6ee; --soft: #9b97a8; --line: #2c2a33; --accent: #ff7d92;
    --panel: #17161b; --code: #cfcbd8; --key: #f0b072; --text: #7fd1a0; --value: #c9a4f2; --type: #86bfe8; --shade: #25232b;
    --get: #74a8ff; --post: #6fcf97; --put: #f0b072; --delete: #ff7d92; --other: #c9a4f2;
    --s2: #6fcf97; --s3: #74a8ff; --s4: #f0b072; --s5: #ff7d92;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1.5rem; scroll-behavior: smooth; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body {
  margin: 0; display: grid; grid-template-columns: 17rem minmax(0, 1fr); background: var(--paper); color: var(--ink);
  font: 15px/1.55 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif;
  -webkit-font-smoothing: antialiased;
}
[hidden] { display: none !important; }
a { color: var(--accent); text-decoration: none; }
a:hover { text-decoration: underline; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
code, pre { font-family: var(--mono); font-size: .86em; }
p { margin: .5rem 0; max-width: 46rem; }
p code, li > code:not(.name) { background: var(--shade); padding: .1em .35em; border-radius: 4px; }
small { font-weight: 400; color: var(--soft); font-size: .6em; letter-spacing: 0; }

nav {
  position: sticky; top: 0; height: 100vh; overflow-y: auto; padding: 1.6rem .9rem 3rem 1.4rem; border-right: 1px solid var(--line);
  font-size: .87rem; scrollbar-width: thin;
}
nav a { display: flex; gap: .55rem; align-items: baseline; padding: .22rem .5rem; border-radius: 6px; color: var(--ink); }
nav a:hover { background: var(--shade); text-decoration: none; }
nav a.seen { background: var(--shade); }
nav a > span:last-child { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
nav .title { font-size: 1.05rem; font-weight: 650; letter-spacing: -.01em; padding-bottom: .7rem; }
nav .title small { font-size: .75rem; }
nav .group { margin-top: 1.1rem; color: var(--soft); font-weight: 600; font-size: .78rem; text-transform: capitalize; }
nav .method { flex: 0 0 3.1rem; font-size: .64rem; background: none; padding: 0; text-align: left; }
nav input {
  width: calc(100% - .5rem); margin: 0 .25rem; padding: .42rem .65rem; border: 1px solid var(--line); border-radius: 8px; background: var(--card);
  color: inherit; font: inherit;
}
.deprecated > span:last-child, .deprecated > .name { text-decoration: line-through; opacity: .65; }

main { padding: 3rem clamp(1.25rem, 4vw, 4rem) 30vh; max-width: 90rem; }
.intro { padding-bottom: 1rem; }
h1 { margin: 0; font-size: 2.3rem; line-height: 1.15; letter-spacing: -.025em; font-weight: 680; }
h1 small { font-size: 1rem; padding-left: .35rem; }
.intro .summary { font-size: 1.12rem; color: var(--soft); }
.facts { display: flex; flex-wrap: wrap; gap: .3rem 1.4rem; margin: 1rem 0 0; padding: 0; list-style: none; font-size: .87rem; color: var(--soft); }
h2 { margin: 3.2rem 0 .3rem; font-size: 1.35rem; letter-spacing: -.015em; text-transform: capitalize; }

.operation, .model { margin-top: 1.1rem; background: var(--card); border: 1px solid var(--line); border-radius: 12px; overflow: clip; }
.operation:target, .model:target { border-color: var(--accent); }
.operation > header { padding: 1rem 1.3rem .8rem; border-bottom: 1px solid var(--line); }
h3 { margin: 0; display: flex; align-items: baseline; gap: .75rem; font-size: 1rem; font-weight: 600; }
.path { font-size: .98rem; overflow-wrap: anywhere; }
.path em { font-style: normal; color: var(--accent); }
.anchor { opacity: 0; color: var(--soft); }
article:hover .anchor, .anchor:focus { opacity: 1; }
.operation .summary { margin: .35rem 0 0; color: var(--soft); }
.flag { margin-left: .4rem; padding: .05rem .5rem; border-radius: 99px; background: var(--shade); color: var(--s4); font-size: .78rem; }
.method { --hue: var(--other); font: 700 .72rem/1.6 var(--mono); letter-spacing: .03em; color: var(--hue); background: color-mix(in srgb, var(--hue) 13%, transparent); padding: .1rem .5rem; border-radius: 6px; }
.m-get { --hue: var(--get); } .m-post { --hue: var(--post); } .m-put, .m-patch { --hue: var(--put); } .m-delete { --hue: var(--delete); }

.sides { display: grid; grid-template-columns: minmax(0, 1.25fr) minmax(0, 1fr); }
.contract { padding: .6rem 1.3rem 1.2rem; min-width: 0; }
aside { border-left: 1px solid var(--line); background: var(--panel); padding: 1rem 1.1rem; }
aside > div { position: sticky; top: 1rem; }
h4 { margin: 1rem 0 .35rem; font-size: .78rem; font-weight: 600; color: var(--soft); }
.fields { list-style: none; margin: 0; padding: 0; }
.fields > li { padding: .36rem 0; border-top: 1px solid var(--line); }
.fields > li:first-child { border-top: 0; }
.fields .fields { margin: .3rem 0 .2rem .1rem; padding-left: .9rem; border-left: 2px solid var(--line); }
.fields p { margin: .1rem 0 0; font-size: .88rem; color: var(--soft); }
.name { font-weight: 600; font-size: .87rem; }
.optional { color: var(--soft); font-weight: 400; }
.of { font: .8rem var(--mono); color: var(--soft); margin-left: .3rem; overflow-wrap: break-word; min-width: 0; }
.type { color: var(--type); } .literal { color: var(--text); }
.limits { font-size: .8rem; color: var(--soft); margin-left: .45rem; }
.limits code { font-size: .94em; }
.media { font: .78rem var(--mono); color: var(--soft); background: var(--shade); padding: .1rem .42rem; border-radius: 5px; }
.note { font-size: .88rem; color: var(--soft); }

.response { border-top: 1px solid var(--line); padding: .38rem 0; }
h4 + .response { border-top: 0; }
.response > summary, div.response { display: flex; flex-wrap: wrap; align-items: baseline; gap: .55rem; }
summary { cursor: pointer; list-style: none; }
summary::-webkit-details-marker { display: none; }
.response > summary::after { content: '+'; margin-left: auto; color: var(--soft); font-family: var(--mono); }
.response[open] > summary::after { content: '–'; }
.response .content, .response section { margin: .3rem 0 .5rem; padding-left: 3.1rem; }
.status { flex: 0 0 2.5rem; font: 650 .8rem var(--mono); }
.s2 { color: var(--s2); } .s3 { color: var(--s3); } .s4 { color: var(--s4); } .s5, .sd { color: var(--s5); }
.what { font-size: .9rem; }
.content { margin-top: .3rem; }
.response .content:only-of-type > .of { display: none; }

figure { margin: 0; }
figure + figure { margin-top: 1rem; }
figcaption { display: flex; align-items: center; gap: .5rem; min-height: 1.8rem; font-size: .78rem; font-weight: 600; color: var(--soft); }
button { margin-left: auto; border: 0; background: none; color: var(--soft); font: inherit; cursor: pointer; padding: .15rem .4rem; border-radius: 5px; }
button:hover { background: var(--shade); color: var(--ink); }
pre { margin: 0; padding: .8rem .95rem; max-height: 30rem; overflow: auto; background: var(--card); border: 1px solid var(--line); border-radius: 8px; color: var(--code); line-height: 1.6; font-size: .79rem; scrollbar-width: thin; }
pre code { font-size: 1em; }
.key { color: var(--key); } pre .text { color: var(--text); } .value { color: var(--value); }
.models { columns: 24rem; column-gap: 1.1rem; margin-top: 1.1rem; }
.model { margin: 0 0 1.1rem; padding: .9rem 1.3rem 1rem; break-inside: avoid; }
.model h3 { font-family: var(--mono); font-size: .92rem; margin-bottom: .3rem; }

nav .operations > summary { display: none; padding: .5rem; font-weight: 600; }
.try, .authorize { margin-top: 1rem; }
.try > summary, .authorize > summary { display: inline-block; padding: .35rem .9rem; border: 1px solid var(--accent); border-radius: 8px; color: var(--accent); font-size: .87rem; font-weight: 600; }
form label { display: grid; grid-template-columns: minmax(6rem, 30%) minmax(0, 1fr); gap: .6rem; align-items: baseline; margin: .45rem 0; font-size: .87rem; }
form input, form select, form textarea { width: 100%; padding: .38rem .55rem; border: 1px solid var(--line); border-radius: 7px; background: var(--card); color: var(--ink); font: .82rem/1.5 var(--mono); }
fieldset { margin: .7rem 0 0; padding: 0; border: 0; min-width: 0; }
legend { padding: 0; font: .78rem var(--mono); color: var(--soft); }
.buttons { display: flex; gap: .6rem; }
.buttons button { margin: 0; padding: .35rem .9rem; border: 1px solid var(--line); border-radius: 8px; font-size: .87rem; }
.buttons button[type=submit] { border-color: var(--accent); background: var(--accent); color: var(--card); font-weight: 600; }
output { display: block; font-size: .87rem; }
output .status { margin-right: .6rem; }
output summary { color: var(--soft); }
output pre { margin-top: .5rem; white-space: pre-wrap; overflow-wrap: anywhere; }
.scheme { margin-top: .8rem; padding: .2rem 1.1rem .7rem; max-width: 34rem; border: 1px solid var(--line); border-radius: 12px; background: var(--card); }

@media (max-width: 75rem) { .sides { grid-template-columns: minmax(0, 1fr); } aside { border-left: 0; border-top: 1px solid var(--line); } }
@media (max-width: 50rem) {
  body { display: block; }
  nav { position: static; height: auto; border: 0; border-bottom: 1px solid var(--line); padding-bottom: 1rem; }
  nav .operations > summary { display: block; }
  nav .operations > summary::after { content: ' +'; font-family: var(--mono); color: var(--soft); }
  nav .operations[open] > summary::after { content: ' –'; }
  nav .operations:not([open]) > :not(summary) { display: none; }
  main { padding-top: 1.8rem; }
  h1 { font-size: 1.8rem; }
}
`
