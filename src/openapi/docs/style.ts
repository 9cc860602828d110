/** The style sheet of the page, with a light and a dark theme. */

export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: light-dark(#fbfaf8, #121116); --card: light-dark(#fff, #1a191f); --panel: light-dark(#f7f5f2, #16151a);
  --shade: light-dark(#f0ede9, #25232b); --line: light-dark(#e6e2dd, #2e2c36);
  --ink: light-dark(#1c1b22, #e9e6ee); --soft: light-dark(#64616e, #a09cad); --accent: light-dark(#b3243f, #ff8095);
  --on-accent: light-dark(#fff, #1a0d10); --code: light-dark(#3b3947, #cfcbd8);
  --key: light-dark(#8a4b08, #f0b072); --text: light-dark(#1b6a3e, #7fd1a0); --value: light-dark(#7a3db8, #c9a4f2); --type: light-dark(#23628f, #86bfe8);
  --blue: light-dark(#1a5bc4, #7db0ff); --green: light-dark(#146c3e, #6fcf97); --amber: light-dark(#874c00, #f0b072);
  --red: light-dark(#b9233f, #ff8599); --violet: light-dark(#7a3db8, #c9a4f2);
  --shadow: 0 1px 2px light-dark(rgb(40 30 20 / 5%), rgb(0 0 0 / 30%));
  --mono: ui-monospace, 'SF Mono', SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace;
}
[data-theme=light] { color-scheme: light; }
[data-theme=dark] { color-scheme: dark; }
* { box-sizing: border-box; }
html { scroll-padding-top: 1.2rem; scroll-behavior: smooth; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body {
  margin: 0; display: grid; grid-template-columns: 18rem minmax(0, 1fr); background: var(--paper); color: var(--ink);
  font: 15px/1.55 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif;
  -webkit-font-smoothing: antialiased; -webkit-text-size-adjust: 100%;
}
[hidden] { display: none !important; }
a { color: var(--accent); text-decoration: none; }
a:hover { text-decoration: underline; text-underline-offset: .2em; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
code, pre { font-family: var(--mono); font-size: .86em; }
p { margin: .5rem 0; max-width: 46rem; }
small { font-weight: 400; color: var(--soft); font-size: .6em; letter-spacing: 0; }
button, summary { cursor: pointer; }
summary { list-style: none; }
summary::-webkit-details-marker { display: none; }
.skip { position: absolute; left: -99rem; z-index: 9; padding: .5rem 1rem; background: var(--card); }
.skip:focus { left: 1rem; top: 1rem; }

.prose { max-width: 46rem; overflow-wrap: anywhere; }
.prose > :first-child { margin-top: 0; } .prose > :last-child { margin-bottom: 0; }
.prose > :is(pre, .wide, blockquote) { margin: .8rem 0; }
.prose h4, .prose h5, .prose h6 { margin: 1.2rem 0 .3rem; font-size: 1rem; font-weight: 650; color: var(--ink); }
.prose a, p a, li > p a { text-decoration: underline; text-decoration-thickness: .06em; text-underline-offset: .2em; }
.prose ul, .prose ol { margin: .5rem 0; padding-left: 1.4rem; }
.prose li p { margin: .2rem 0; }
.prose blockquote { margin: .6rem 0; padding-left: 1rem; border-left: 3px solid var(--line); color: var(--soft); }
.prose hr { border: 0; border-top: 1px solid var(--line); margin: 1rem 0; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: .92em; }
th, td { padding: .35rem .7rem; border: 1px solid var(--line); text-align: left; }
th { background: var(--shade); font-weight: 600; }
:is(p, li, td, th, h4) > code:not(.name) { background: var(--shade); padding: .1em .35em; border-radius: 4px; }

nav {
  position: sticky; top: 0; height: 100vh; overflow-y: auto; padding: 1.5rem 1rem 3rem 1.3rem; border-right: 1px solid var(--line);
  font-size: .87rem; scrollbar-width: thin;
}
.bar { display: flex; align-items: baseline; gap: .5rem; padding-bottom: .8rem; }
nav .title { flex: 1; min-width: 0; padding: 0 .5rem; color: var(--ink); font-size: 1.05rem; font-weight: 680; letter-spacing: -.01em; overflow-wrap: anywhere; }
nav .title:hover { text-decoration: none; }
nav .title small { font-size: .75rem; white-space: nowrap; }
nav .operations > summary { display: none; }
nav section a, nav > details .group { border-radius: 6px; color: var(--ink); padding: .24rem .5rem; }
nav section a { display: flex; gap: .5rem; align-items: baseline; }
nav section a:hover, nav section a.seen { background: var(--shade); text-decoration: none; }
nav section a > span:last-child { min-width: 0; overflow-wrap: anywhere; }
nav .group { display: block !important; margin-top: 1rem; color: var(--soft) !important; font-weight: 600; font-size: .79rem; overflow-wrap: anywhere; }
nav .group::first-letter, h2::first-letter { text-transform: uppercase; }
nav .method { flex: 0 0 3.2rem; font-size: .64rem; background: none; padding: 0; text-align: left; }
nav input { width: 100%; padding: .42rem .65rem; border: 1px solid var(--line); border-radius: 8px; background: var(--card); color: inherit; font: inherit; }
nav input::placeholder, form ::placeholder { color: var(--soft); opacity: 1; }
nav button, figcaption button {
  padding: .15rem .5rem; border: 0; border-radius: 6px; background: none; color: var(--soft); font: inherit; font-size: .79rem; white-space: nowrap;
}
nav button:hover, figcaption button:hover { background: var(--shade); color: var(--ink); }
nav .fold { display: block; margin: .5rem 0 0; }
.deprecated > span:last-child, .deprecated > .name { text-decoration: line-through; color: var(--soft); }

main { padding: 3rem clamp(1rem, 4vw, 4rem) 30vh; max-width: 92rem; min-width: 0; }
h1 { margin: 0 0 .6rem; font-size: 2.3rem; line-height: 1.15; letter-spacing: -.025em; font-weight: 700; overflow-wrap: anywhere; }
h1 small { font-size: 1rem; padding-left: .35rem; }
.intro > .summary { font-size: 1.12rem; color: var(--soft); }
.facts { display: flex; flex-wrap: wrap; gap: .3rem 1.4rem; margin: 1rem 0 0; padding: 0; list-style: none; font-size: .87rem; color: var(--soft); }
.server { display: flex; gap: .7rem; align-items: baseline; margin-top: 1rem; max-width: 34rem; font-size: .87rem; }
.server label { color: var(--soft); font-weight: 600; }
.server select { flex: 1; min-width: 0; }
h2 { margin: 3rem 0 .3rem; font-size: 1.35rem; letter-spacing: -.015em; overflow-wrap: anywhere; }
h3 { margin: 0; font-size: 1rem; font-weight: 600; }
h4 { margin: 1.1rem 0 .3rem; font-size: .79rem; font-weight: 650; color: var(--soft); }

.operation, .model { margin-top: .6rem; background: var(--card); border: 1px solid var(--line); border-radius: 12px; box-shadow: var(--shadow); overflow: clip; }
.operation[open] { margin: 1rem 0 1.4rem; }
.operation:target, .model:target { border-color: var(--accent); }
.operation:target::details-content, .model:target::details-content { content-visibility: visible; }
.operation > summary { display: flex; flex-wrap: wrap; align-items: center; gap: .2rem .8rem; padding: .75rem 5rem .75rem 1.2rem; }
.operation > summary, .response > summary { position: relative; }
.operation > summary::after, .response > summary::after, .model > summary::after { content: ''; position: absolute; top: 1.3rem; right: 1.2rem; width: .42rem; height: .42rem; border: solid var(--soft); border-width: 0 1.5px 1.5px 0; transform: rotate(45deg); }
.operation[open] > summary::after, .response[open] > summary::after, .model[open] > summary::after { translate: 0 .2rem; transform: rotate(-135deg); }
.model > summary::after { top: 1.1rem; right: 1.1rem; }
.marks { position: absolute; top: .8rem; right: 2.4rem; display: flex; align-items: center; gap: .5rem; height: 1.6rem; color: var(--soft); }
.operation > summary:hover { background: var(--panel); }
.operation[open] > summary { border-bottom: 1px solid var(--line); }
.operation > summary:focus-visible, .model > summary:focus-visible { outline-offset: -3px; border-radius: 12px; }
.operation h3 { display: flex; align-items: center; gap: .7rem; min-width: 0; }
.operation h3 .method { flex: 0 0 4.2rem; text-align: center; }
.path { font-size: .95rem; overflow-wrap: anywhere; }
.path em { font-style: normal; color: var(--accent); }
.operation > summary > .summary { flex: 1 1 12rem; min-width: 0; color: var(--soft); font-size: .92rem; }
.anchor { opacity: 0; color: var(--soft); }
summary:hover .anchor, .anchor:focus { opacity: 1; }
.flag { padding: .05rem .55rem; border-radius: 99px; background: var(--shade); color: var(--amber); font-size: .78rem; }
.method { --hue: var(--violet); font: 700 .7rem/1.7 var(--mono); letter-spacing: .03em; color: var(--hue); background: color-mix(in srgb, var(--hue) 11%, transparent); padding: .1rem .5rem; border-radius: 6px; }
.m-get { --hue: var(--blue); } .m-post { --hue: var(--green); } .m-put, .m-patch { --hue: var(--amber); } .m-delete { --hue: var(--red); }

.sides { display: grid; grid-template-columns: minmax(0, 1.2fr) minmax(0, 1fr); }
.contract { padding: 1rem 1.2rem 1.2rem; min-width: 0; }
.contract > section:first-child > h4 { margin-top: 0; }
aside { min-width: 0; padding: .8rem 1.1rem 1.1rem; border-left: 1px solid var(--line); background: var(--panel); }
.fields { list-style: none; margin: 0; padding: 0; overflow-x: auto; }
.fields > li { padding: .36rem 0; border-top: 1px solid var(--line); }
.fields > li:first-child { border-top: 0; }
.fields .fields { margin: .3rem 0 .2rem .1rem; padding-left: .9rem; border-left: 2px solid var(--line); }
.fields p { margin: .1rem 0 0; font-size: .88rem; color: var(--soft); overflow-wrap: anywhere; }
.name { font-weight: 600; font-size: .85rem; overflow-wrap: anywhere; }
.optional { color: var(--soft); font-weight: 400; }
.of { max-width: 100%; margin-left: .3rem; font: .8rem var(--mono); color: var(--soft); overflow-wrap: break-word; }
.type { color: var(--type); } .literal { color: var(--text); }
.limits { margin-left: .45rem; font-size: .8rem; color: var(--soft); }
.limits code { font-size: .94em; overflow-wrap: anywhere; }
.media { font: .78rem var(--mono); color: var(--soft); background: var(--shade); padding: .1rem .42rem; border-radius: 5px; overflow-wrap: anywhere; }
.note { font-size: .84rem; color: var(--soft); }

.response { border-top: 1px solid var(--line); padding: .4rem 0; }
h4 + .response { border-top: 0; }
.response > summary, div.response { position: relative; padding-left: 3.05rem; }
.response > summary { padding-right: 1.6rem; }
.response > summary::after { top: .45rem; right: .2rem; }
.response > summary > .status, div.response > .status { position: absolute; left: 0; top: .12rem; }
div.response > .status { top: .52rem; }
details.response > :not(summary) { margin: .4rem 0 .5rem; padding-left: 3.05rem; }
.response h4 { margin-top: .3rem; }
.status { font: 650 .8rem var(--mono); }
.s2 { color: var(--green); } .s3 { color: var(--blue); } .s4 { color: var(--amber); } .s5, .sd { color: var(--red); }
.what { font-size: .9rem; min-width: 0; overflow-wrap: anywhere; }
.content { margin-top: .3rem; }
.response .content:only-of-type > .of { display: none; }

figure { margin: 0; }
figure + figure { margin-top: .6rem; }
.examples { margin-top: .9rem; }
figcaption { display: flex; align-items: center; gap: .5rem; min-height: 2rem; font-size: .79rem; color: var(--soft); }
figcaption button { margin-left: auto; }
.tabs { display: flex; gap: .15rem; padding: .15rem; border-radius: 8px; background: var(--shade); }
.tabs label { position: relative; padding: .05rem .6rem; border-radius: 6px; cursor: pointer; font-weight: 600; }
.tabs input { position: absolute; inset: 0; margin: 0; opacity: 0; cursor: pointer; }
.tabs label:has(:checked) { background: var(--card); color: var(--ink); box-shadow: var(--shadow); }
.tabs label:has(:focus-visible) { outline: 2px solid var(--accent); outline-offset: 1px; }
.code:has([value=curl]:checked) .fetch, .code:has([value=fetch]:checked) .curl { display: none; }
pre { margin: 0; padding: .75rem .9rem; max-height: 26rem; overflow: auto; background: var(--card); border: 1px solid var(--line); border-radius: 8px; color: var(--code); line-height: 1.6; font-size: .79rem; scrollbar-width: thin; }
pre code { font-size: 1em; }
.key { color: var(--key); } pre .text { color: var(--text); } .value { color: var(--value); }
.models { columns: 24rem; column-gap: 1rem; margin-top: 1rem; }
.model { margin: 0 0 .6rem; break-inside: avoid; }
.model > summary { position: relative; display: flex; flex-wrap: wrap; align-items: baseline; gap: .5rem; padding: .6rem 2.6rem .6rem 1.1rem; overflow-wrap: anywhere; }
.model[open] > summary { padding-bottom: .2rem; }
.model > summary:hover { background: var(--panel); }
.model[open] > summary:hover { background: none; }
.model > :not(summary) { padding: 0 1.1rem .5rem; }
.model h3 { font-family: var(--mono); font-size: .9rem; }

.try, .authorize { margin-top: .9rem; }
.try > summary, .authorize > summary, .buttons button { display: inline-block; padding: .34rem .95rem; border: 1px solid var(--accent); border-radius: 8px; background: none; color: var(--accent); font: 600 .87rem/1.5 inherit; font-family: inherit; }
.buttons button[type=submit], .try:not([open]) > summary { background: var(--accent); color: var(--on-accent); }
.try > summary:hover, .authorize > summary:hover, .buttons button:hover { filter: brightness(1.08); }
.buttons { display: flex; gap: .6rem; margin: .8rem 0; }
form label { display: grid; grid-template-columns: minmax(6rem, 30%) minmax(0, 1fr); gap: .1rem .7rem; align-items: baseline; margin: .5rem 0; font-size: .87rem; }
form label > .note { grid-column: 2; }
form input, select, textarea { font: .82rem/1.5 var(--mono); }
form input, select, textarea { width: 100%; padding: .38rem .55rem; border: 1px solid color-mix(in srgb, var(--soft) 55%, var(--line)); border-radius: 7px; background: var(--card); color: var(--ink); }
textarea { resize: vertical; }
fieldset { margin: .7rem 0 0; padding: 0; border: 0; min-width: 0; }
legend { padding: 0 0 .3rem; font: .78rem var(--mono); color: var(--soft); }
output { display: block; font-size: .87rem; overflow-wrap: anywhere; }
output .status { margin-right: .6rem; }
output summary { color: var(--soft); }
output pre { margin-top: .5rem; white-space: pre-wrap; overflow-wrap: anywhere; }
.scheme { margin-top: .8rem; padding: .2rem 1.1rem .4rem; max-width: 34rem; border: 1px solid var(--line); border-radius: 12px; background: var(--card); box-shadow: var(--shadow); }

@media (max-width: 75rem) { .sides { grid-template-columns: minmax(0, 1fr); } aside { border-left: 0; border-top: 1px solid var(--line); } }
@media (max-width: 50rem) {
  body { display: block; }
  html { scroll-padding-top: 4.2rem; }
  nav { position: static; height: auto; padding: .7rem 1rem; border: 0; border-bottom: 1px solid var(--line); background: var(--paper); overflow: visible; }
  .scripted nav { position: sticky; z-index: 5; }
  .bar { padding: 0 4.6rem 0 0; min-height: 2rem; }
  nav .title { padding: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  nav .operations > summary { display: block; position: absolute; top: .65rem; right: 1rem; padding: .3rem .8rem; border: 1px solid var(--line); border-radius: 8px; background: var(--card); font-weight: 600; }
  nav .operations[open] > summary { background: var(--shade); }
  .scripted nav .list { max-height: calc(100dvh - 4.5rem); overflow-y: auto; padding: .8rem 0 2rem; overscroll-behavior: contain; }
  nav section a { padding: .45rem .5rem; }
  main { padding-top: 1.6rem; }
  h1 { font-size: 1.8rem; }
  .operation > summary { padding: .7rem 4rem .7rem .9rem; }
  .operation > summary::after { right: .9rem; }
  .marks { right: 2rem; }
  .operation h3 .method { flex: none; }
  .operation > summary > .summary { flex-basis: 80%; }
  .contract, aside { padding: .8rem .9rem 1rem; }
  details.response > :not(summary) { padding-left: 0; }
  .anchor { display: none; }
}
@media (max-width: 30rem) { form label { grid-template-columns: minmax(0, 1fr); } form label > .note { grid-column: 1; } }
@media print { nav, aside, .anchor { display: none; } body { display: block; } ::details-content { content-visibility: visible; } }
`
